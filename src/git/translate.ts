import { AppError } from '../base/index.ts';
import type { HttpErrorCode, HttpHead } from '../ports/index.ts';
import { gitWireErrors } from '../wire/git/index.ts';
import { gitErrors } from './errors.ts';

type GitErrorCode = keyof typeof gitErrors.entries;

/** How long to wait when a host asks for fewer requests and does not say until when, in milliseconds. */
const defaultRetryAfterMs = 60_000;

/** The error for a status that is not 200; `what` names repository and operation. */
export function toStatusError(head: HttpHead, what: string): AppError {
  const { status } = head;
  const says = `${what}: the host answered ${status}`;
  const isLimited = status === 429 || (status === 403 && isRateLimit(head));
  if (isLimited) {
    return gitErrors.create('git.rate-limited', says, { retryAfterMs: retryAfterMs(head), data: { status } });
  }
  if (status === 401 || status === 403 || status === 407) {
    return gitErrors.create('git.auth-failed', says, { data: { status } });
  }
  if (status === 404 || status === 410) return gitErrors.create('git.not-found', says, { data: { status } });
  if (status >= 500 || status === 408) return gitErrors.create('git.unreachable', says, { data: { status } });
  return gitErrors.create('git.protocol', says, { data: { status } });
}

function isRateLimit(head: HttpHead): boolean {
  return head.headers['retry-after'] !== undefined || head.headers['x-ratelimit-remaining'] === '0';
}

function retryAfterMs(head: HttpHead): number {
  const seconds = Number(head.headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : defaultRetryAfterMs;
}

const httpCodes: Readonly<Record<HttpErrorCode, { code: GitErrorCode; stop?: boolean }>> = {
  'http.invalid-request': { code: 'git.unsupported' },
  'http.unreachable': { code: 'git.unreachable' },
  'http.timeout': { code: 'git.unreachable' },
  'http.tls-failed': { code: 'git.unreachable', stop: true },
  'http.too-large': { code: 'git.too-large' },
  'http.redirect-refused': { code: 'git.protocol', stop: true },
};

/** Any error of an exchange as one of this module; what is not ours (an abort) is given back as it is. */
export function toGitError(error: unknown, what: string): unknown {
  if (gitErrors.is(error) || !(error instanceof AppError)) return error;
  if (isHttpCode(error.code)) {
    const { code, stop } = httpCodes[error.code];
    return gitErrors.create(code, `${what}: ${error.message}`, {
      cause: error,
      ...(stop === true ? { disposition: 'stop', hint: error.hint ?? '' } : {}),
    });
  }
  if (gitWireErrors.is(error)) return fromWire(error, what);
  return error;
}

function fromWire(error: AppError, what: string): AppError {
  const message = `${what}: ${error.message}`;
  if (gitWireErrors.is(error, 'git-wire.remote-error')) {
    return gitErrors.create(remoteErrorCode(String(error.data['reason'] ?? '')), message, { cause: error });
  }
  if (gitWireErrors.is(error, 'git-wire.unsupported')) {
    return gitErrors.create('git.unsupported', message, { cause: error });
  }
  if (gitWireErrors.is(error, 'git-wire.too-large')) {
    return gitErrors.create('git.too-large', message, { cause: error });
  }
  return gitErrors.create('git.protocol', message, { cause: error });
}

/**
 * Hosts end an exchange in their own words; this is the one place that reads them. The first row that fits counts:
 * hosts that hide what is private say that it is missing or forbidden in one sentence.
 */
const remoteWords: readonly { readonly code: GitErrorCode; readonly words: RegExp }[] = [
  {
    code: 'git.object-missing',
    words: /not our ref|unadvertised object|no such object|missing (?:blob|tree|commit)|bad object/i,
  },
  { code: 'git.rate-limited', words: /rate.?limit|too many (?:requests|connections)|throttl/i },
  {
    code: 'git.not-found',
    words:
      /not found|does not exist|could not (?:find|be found)|does not appear to be a git repo|no such project/i,
  },
  {
    code: 'git.auth-failed',
    words:
      /access denied|permission|not authorized|unauthorized|authentication|read.only|suspended|deploy key/i,
  },
];

function remoteErrorCode(reason: string): GitErrorCode {
  return remoteWords.find(({ words }) => words.test(reason))?.code ?? 'git.protocol';
}

function isHttpCode(code: string): code is HttpErrorCode {
  return Object.hasOwn(httpCodes, code);
}
