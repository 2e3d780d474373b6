import type { KubeObject } from '../../api/meta/index.ts';
import type { Output, SandboxInfo } from '../../cli/index.ts';
import type { GitServer } from '../../embedded/git-server/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import type { Clock, HttpClient, Random } from '../../ports/index.ts';
import type { ReadExample } from './example.ts';

/** What the script needs of a sandbox; the sandbox of this program has it all. */
export interface DemoSandbox {
  readonly info: SandboxInfo;
  readonly client: Pick<KubeClient, 'reader' | 'writer' | 'changes'>;
  readonly http: HttpClient;
  readonly servers: { readonly git: Pick<GitServer, 'commitFiles' | 'log' | 'readFile'> };
  apply(objects: readonly KubeObject[], signal: AbortSignal): Promise<void>;
}

/** How the demo is played. */
export interface DemoOptions {
  readonly sandbox: DemoSandbox;
  readonly clock: Clock;
  readonly random: Random;
  /** Where the story is told. */
  readonly output: Output;
  /** End when production is verified, instead of staying up. */
  readonly once: boolean;
  /** For the release, from `startedAtMs` on; staying up is not limited. */
  readonly timeLimitMs: number;
  /** When the person started the program; without it, now. */
  readonly startedAtMs?: number;
  readonly readExample: ReadExample;
  /** Aborted when the process is told to stop. */
  readonly signal: AbortSignal;
}
