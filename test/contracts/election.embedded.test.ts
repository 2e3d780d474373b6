import { createApiServer } from '../../src/embedded/apiserver/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { connectKubeContract } from '../support/kube-cluster.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { describeElection } from './election.contract.ts';

describeElection('embedded API server', async () => {
  const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createRecordingLog() };
  const server = await createApiServer(deps, { token: 'test' });
  const cluster = await connectKubeContract(
    { server: server.url, token: 'test' },
    AbortSignal.timeout(30_000),
  );
  return {
    ...cluster,
    async close() {
      await cluster.close();
      await server.close();
    },
  };
});
