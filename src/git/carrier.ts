import type { GitRemote } from '../ports/index.ts';
import type { Advertisement, GitService } from '../wire/git/index.ts';
import { gitErrors } from './errors.ts';
import type { GitMetrics, GitOperation } from './metrics.ts';
import { toGitError } from './translate.ts';
import { describeUrl } from './url.ts';

/** Limits of the exchanges with git hosts. */
export interface CarrierOptions {
  /** For one whole exchange. */
  readonly requestTimeoutMs: number;
  /** The longest silence of a host. */
  readonly stallTimeoutMs: number;
  readonly maxPackBytes: number;
}

/** One conversation with a service of a repository. */
export interface Call {
  readonly remote: GitRemote;
  readonly operation: Exclude<GitOperation, 'info-refs'>;
  readonly service: GitService;
  /** Capabilities that the server must have been asked about; without any, what its kind is known to do is enough. */
  readonly needs?: readonly string[];
}

/** What follows on a server's advertisement: either it says everything already, or something is asked. */
export type Next<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | {
      readonly kind: 'ask';
      readonly body: Uint8Array;
      read(stream: AsyncIterable<Uint8Array>): Promise<Answer>;
    };

/** Carries conversations between here and a git host, by whatever means its URL asks for. */
export interface Carrier {
  /**
   * Hears what the server advertises (or remembers it, without references) and asks what `next` makes of it.
   *
   * Errors: git.auth-failed, git.not-found, git.rate-limited, git.unreachable, git.protocol, git.unsupported,
   * git.object-missing, git.too-large, and those of `next` and `read`.
   */
  exchange<Answer>(
    call: Call,
    next: (advertisement: Advertisement) => Promise<Next<Answer>>,
    signal: AbortSignal,
  ): Promise<Answer>;
}

/** What is being done, for limits, metrics and messages. */
export interface Undertaking {
  readonly remote: GitRemote;
  readonly operation: GitOperation;
  /** As metrics name it. */
  readonly host: string;
  readonly timeoutMs: number;
  readonly metrics: GitMetrics;
}

/** Runs one exchange within its time, counts how it ended, and puts its errors into the words of this module. */
export async function undertake<Answer>(
  { remote, operation, host, timeoutMs, metrics }: Undertaking,
  run: (what: string, signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const what = `${operation} of ${describeUrl(remote.url)}`;
  const timeout = AbortSignal.timeout(timeoutMs);
  const count = (result: string): void => metrics.requests.add({ host, operation, result });
  try {
    const answer = await run(what, AbortSignal.any([signal, timeout]));
    count('ok');
    return answer;
  } catch (error) {
    signal.throwIfAborted();
    const translated = timeout.aborted
      ? gitErrors.create('git.unreachable', `${what}: no answer within ${timeoutMs} ms`, { cause: error })
      : toGitError(error, what);
    count(gitErrors.is(translated) ? translated.code : 'error');
    throw translated;
  }
}

/** The same bytes, counted. */
export async function* countBytes(
  body: AsyncIterable<Uint8Array>,
  host: string,
  metrics: GitMetrics,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    metrics.receivedBytes.add({ host }, chunk.length);
    yield chunk;
  }
}
