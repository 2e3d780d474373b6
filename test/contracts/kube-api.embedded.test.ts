import { createApiServer } from '../../src/embedded/apiserver/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { describeKubeApi } from './kube-api.contract.ts';

describeKubeApi('embedded', async () => {
  const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createRecordingLog() };
  const server = await createApiServer(deps, { token: 'contract', authorization: 'rbac' });
  return { url: server.url, token: 'contract', [Symbol.asyncDispose]: () => server.close() };
});
