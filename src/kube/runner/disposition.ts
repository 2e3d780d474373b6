import { AppError, type Disposition, describeError } from '../../base/index.ts';
import type { Log } from '../../ports/index.ts';

/** What an error means for the queue. */
export interface Disposal {
  readonly disposition: Disposition | 'panic';
  readonly code: string;
  readonly retryAfterMs: number | undefined;
}

/** Reads an error's own policy; whatever was not raised on purpose is a panic. */
export function toDisposal(error: unknown): Disposal {
  if (!(error instanceof AppError)) return { disposition: 'panic', code: 'panic', retryAfterMs: undefined };
  return { disposition: error.disposition, code: error.code, retryAfterMs: error.retryAfterMs };
}

/** Was this not raised on purpose? */
export function isPanic(error: unknown): boolean {
  return !(error instanceof AppError);
}

/** Logs failures of passes, each once: the same failure of the same key again is only a debug line. */
export interface FailureLog {
  failed(key: string, log: Log, error: unknown): void;
  succeeded(key: string): void;
}

/** Creates a failure log that remembers nothing yet. */
export function createFailureLog(): FailureLog {
  const last = new Map<string, string>();
  return {
    failed(key, log, error) {
      const { code, disposition } = toDisposal(error);
      const reason = describeError(error);
      const fields = { code, reason };
      if (last.get(key) === `${code} ${reason}`) {
        log.debug('pass failed again', fields);
        return;
      }
      last.set(key, `${code} ${reason}`);
      if (disposition === 'panic') {
        log.error('pass failed unexpectedly', {
          ...fields,
          stack: error instanceof Error ? error.stack : undefined,
        });
      } else if (disposition === 'stop') log.error('pass failed', fields);
      else log.warn('pass failed', fields);
    },
    succeeded: (key) => void last.delete(key),
  };
}
