/**
 * The commands for people: list, explain, promote, and play with a sandbox. Each is parse, call, render; clients and
 * outputs come from the caller. It must never reach the process or make a client. Start reading at `program.ts`.
 */
export type {
  CliDeps,
  Cluster,
  ClusterChoice,
  CommandDeps,
  ImageContent,
  Output,
  SandboxConnection,
} from './deps.ts';
export { cliErrors } from './errors.ts';
export { type Exit, exitCodes, toExit } from './exit.ts';
export { isVerified, stageTable } from './get/stages.ts';
export { type MergeDeps, mergePullRequest, type PullRequestAddress } from './merge/pull-request.ts';
export { createProgram, registerCommands, runProgram } from './program.ts';
export { type PromoteRequest, promote } from './promote/stage.ts';
export { type PushImageDeps, type PushImageRequest, pushImage } from './push/image.ts';
export { writeError } from './render/error.ts';
export { createPaint, type Paint, type Tone, toneOf } from './render/style.ts';
export { type Cell, renderTable, type TableContent } from './render/table.ts';
export { formatSandboxInfo, parseSandboxInfo, type SandboxInfo, sandboxInfoFile } from './sandbox-info.ts';
export { commandsOf, renderExplanation } from './why/render.ts';
