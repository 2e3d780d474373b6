import { AppError, describeError } from '../base/index.ts';
import type { HttpErrorCode } from '../ports/index.ts';
import { ociErrors } from './errors.ts';
import { placeOf, type Repository } from './repository.ts';

/** What a request was about. */
export interface Subject {
  readonly repository: Repository;
  /** E.g. `tag "main"`. */
  readonly subject: string;
}

/** Errors of HTTP that another try cannot mend. */
const finalCodes: readonly string[] = [
  'http.tls-failed',
  'http.invalid-request',
  'http.redirect-refused',
] satisfies readonly HttpErrorCode[];

/** What went wrong below as one of this module's errors; the reason of the signal when it is aborted. */
export function toOciError(error: unknown, { repository, subject }: Subject, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (ociErrors.is(error)) return error;
  const about = `${subject} of ${repository.label} at registry ${repository.host}`;
  const data = placeOf(repository);
  if (!(error instanceof AppError)) {
    return ociErrors.create('oci.unreachable', `cannot read ${about}: ${describeError(error)}`, {
      cause: error,
      data,
    });
  }
  const retryAfterMs = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
  switch (error.code) {
    case 'http.host-paused':
    case 'http.host-busy': {
      const code = error.code === 'http.host-busy' ? 'oci.busy' : 'oci.rate-limited';
      return ociErrors.create(code, `${about} has to wait: ${error.message}`, {
        cause: error,
        data,
        ...retryAfterMs,
      });
    }
    case 'http.too-large':
      return ociErrors.create('oci.too-large', `${about} is too large: ${error.message}`, {
        cause: error,
        data,
      });
    default: {
      const final = finalCodes.includes(error.code);
      const message = `cannot read ${about}: ${describeError(error)}`;
      return ociErrors.create('oci.unreachable', message, { cause: error, data: { ...data, final } });
    }
  }
}

/** An error of this module about what was asked for. */
export function problemWith(
  code:
    | 'oci.unreachable'
    | 'oci.protocol'
    | 'oci.digest-mismatch'
    | 'oci.unsupported-media-type'
    | 'oci.too-large',
  { repository, subject }: Subject,
  problem: string,
): AppError {
  const message = `${subject} of ${repository.label} at registry ${repository.host} ${problem}`;
  return ociErrors.create(code, message, { data: placeOf(repository) });
}
