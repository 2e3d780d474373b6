import { readFileSync } from 'node:fs';
import { controllerUser, type SandboxCluster } from '../../src/main/sandbox/index.ts';
import { startGenuineKube } from './genuine-kube.ts';

/** The folder of genuine Kubernetes programs, where the environment names one. */
export const kubePrograms: string | undefined = process.env['GANTRY_KUBE_PROGRAMS'];

/** Starts a genuine cluster that a sandbox can stand on. */
export async function startGenuineCluster(programs: string): Promise<SandboxCluster & AsyncDisposable> {
  const kube = await startGenuineKube(programs, { users: [controllerUser] });
  return {
    server: kube.url,
    caPem: readFileSync(kube.caFile, 'utf8'),
    token: kube.token,
    controllerToken: kube.tokens[controllerUser] ?? '',
    [Symbol.asyncDispose]: () => kube[Symbol.asyncDispose](),
  };
}
