// `npm run test:genuine`: the contract suites against a genuine kube-apiserver with etcd. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { buildPrograms, hasGo, kubeVersion, missingPrograms, toolsFolder } from './build.ts';
import { startGenuineKube } from './servers.ts';

const suites = ['test/contracts/kube-api.genuine.test.ts', 'test/contracts/kube.genuine.test.ts'];
const timeLimitMs = 15 * 60_000;

const tell = (text: string): unknown => process.stderr.write(`genuine-kube: ${text}\n`);

async function main(): Promise<number> {
  const folder = toolsFolder(process.env);
  const missing = missingPrograms(folder);
  if (missing.length > 0 && !hasGo()) {
    tell(`skipped: there is no Go to build ${missing.join(', ')} ${kubeVersion} with`);
    return 0;
  }
  buildPrograms(folder, tell);
  await using kube = await startGenuineKube(folder);
  tell(`kube-apiserver ${kubeVersion} at ${kube.url}`);
  const env = {
    ...process.env,
    GANTRY_KUBE_API_URL: kube.url,
    GANTRY_KUBE_API_TOKEN: kube.token,
    GANTRY_KUBE_API_CA: kube.caFile,
    GANTRY_TEST_KUBECONFIG: kube.kubeconfig,
  };
  const args = ['vitest', 'run', ...suites, ...process.argv.slice(2)];
  const ran = spawnSync('npx', args, { env, stdio: 'inherit', timeout: timeLimitMs });
  return ran.status ?? 1;
}

process.exitCode = await main();
