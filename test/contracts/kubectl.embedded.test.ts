import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiServer } from '../../src/embedded/apiserver/index.ts';
import { formatKubeconfig } from '../../src/main/sandbox/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { createTestTls } from '../support/tls.ts';
import { describeKubectl } from './kubectl.contract.ts';

describeKubectl('embedded API server', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createRecordingLog() };
  const token = 'scripts';
  const server = await createApiServer(deps, { token, tls, authorization: 'rbac' });
  const folder = await mkdtemp(join(tmpdir(), 'gantry-scripts-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, formatKubeconfig({ server: server.url, caPem: tls.ca, token }));
  return {
    kubeconfig,
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
