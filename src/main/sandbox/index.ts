/**
 * The sandbox: a control plane, registry, git host and Argo CD in this process, with Gantry at work on them.
 * Start reading at `sandbox.ts`.
 */
export { type GitHostName, readGitHost } from './git-hosts.ts';
export { formatKubeconfig, writePrivateFile } from './kubeconfig.ts';
export {
  controllerUser,
  type Sandbox,
  type SandboxCluster,
  type SandboxOptions,
  startSandbox,
} from './sandbox.ts';
