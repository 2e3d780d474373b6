/**
 * A git server in process and in memory: smart HTTP and SSH, versions 0 and 2, without a git program.
 * It serves every object by id and makes repositories by pushing. Start reading at `server.ts` and `handler.ts`.
 */
export {
  type FileChanges,
  type LogEntry,
  resolve as resolveRevision,
  signNow,
  writeCommit,
} from './contents.ts';
export { gitServerErrors } from './errors.ts';
export { isGitPath } from './handler.ts';
export type { PushRule, Repository } from './repository.ts';
export {
  createGitServer,
  type GitServer,
  type GitServerDeps,
  type GitServerOptions,
  type Pushed,
} from './server.ts';
export type { SshAccount, SshListening, SshListenOptions } from './ssh.ts';
