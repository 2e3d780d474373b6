import { createApiServer } from '../../src/embedded/apiserver/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { connect } from '../support/kube-cluster.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { describeAccess } from './kube-access.contract.ts';

describeAccess('the embedded API server', async () => {
  const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createRecordingLog() };
  const server = await createApiServer(deps, { token: 'test', authorization: 'rbac' });
  const client = await connect({ server: server.url, token: 'test' });
  return {
    client,
    async close() {
      await client.close();
      await server.close();
    },
  };
});
