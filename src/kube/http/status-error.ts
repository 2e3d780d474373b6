import { type AppError, isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { kubeErrors } from '../errors.ts';

/** What a request was for, as it may be shown: no query, no body. */
export interface RequestLabel {
  readonly verb: string;
  /** Path below the server's root, without the query. */
  readonly path: string;
}

type KubeCode = Extract<keyof typeof kubeErrors.entries, string>;

const maxMessageLength = 1024;
const defaultRetryAfterMs = 1000;
const maxRetryAfterMs = 300_000;
const forbiddenRetryMs = 60_000;

/**
 * The coded error for an answer that is not a success.
 *
 * The server's message is kept, cut to 1,024 characters, except for Secrets, whose values it may quote.
 */
export function createStatusError(
  label: RequestLabel,
  answer: {
    readonly statusCode: number;
    readonly retryAfter?: string | undefined;
    readonly body: JsonValue | undefined;
  },
): AppError {
  const status = isJsonObject(answer.body) && answer.body['kind'] === 'Status' ? answer.body : undefined;
  const statusCode = codeOf(status) ?? answer.statusCode;
  const reason = textOf(status, 'reason') ?? '';
  const code = toErrorCode(statusCode, reason, status);
  const message = `${label.verb} ${label.path} was answered ${statusCode}${reasonText(label, status)}`;
  const retryAfterMs = toRetryAfterMs(code, answer.retryAfter, status);
  return kubeErrors.create(code, message, {
    data: { verb: label.verb, path: label.path, statusCode, reason },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs, disposition: 'wait' }),
  });
}

function toErrorCode(statusCode: number, reason: string, status: JsonObject | undefined): KubeCode {
  switch (statusCode) {
    case 400:
    case 405:
    case 413:
    case 422:
      return 'kube.invalid';
    case 415:
      return 'kube.unsupported';
    case 401:
      return 'kube.unauthorized';
    case 403:
      return 'kube.forbidden';
    case 404:
      return namesObject(status) ? 'kube.not-found' : 'kube.unknown-type';
    case 409:
      return reason === 'AlreadyExists' ? 'kube.already-exists' : 'kube.conflict';
    case 410:
      return 'kube.gone';
    case 429:
      return 'kube.too-many-requests';
    default:
      return statusCode >= 500 ? 'kube.unavailable' : 'kube.protocol';
  }
}

/** A 404 for an object carries its name; a 404 for a type that is not served does not. */
function namesObject(status: JsonObject | undefined): boolean {
  const details = status?.['details'];
  return isJsonObject(details) && typeof details['name'] === 'string' && details['name'] !== '';
}

function toRetryAfterMs(
  code: KubeCode,
  header: string | undefined,
  status: JsonObject | undefined,
): number | undefined {
  if (code === 'kube.forbidden' || code === 'kube.unknown-type') return forbiddenRetryMs;
  if (code !== 'kube.too-many-requests' && code !== 'kube.unavailable') return undefined;
  const seconds = parseSeconds(header) ?? retryAfterSeconds(status);
  if (seconds !== undefined) return Math.min(seconds * 1000, maxRetryAfterMs);
  return code === 'kube.too-many-requests' ? defaultRetryAfterMs : undefined;
}

function parseSeconds(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}

function retryAfterSeconds(status: JsonObject | undefined): number | undefined {
  const details = status?.['details'];
  const seconds = isJsonObject(details) ? details['retryAfterSeconds'] : undefined;
  return typeof seconds === 'number' && seconds > 0 ? seconds : undefined;
}

function codeOf(status: JsonObject | undefined): number | undefined {
  const code = status?.['code'];
  return typeof code === 'number' && code >= 400 && code < 600 ? code : undefined;
}

function textOf(status: JsonObject | undefined, name: string): string | undefined {
  const value = status?.[name];
  return typeof value === 'string' ? value : undefined;
}

function reasonText(label: RequestLabel, status: JsonObject | undefined): string {
  const reason = textOf(status, 'reason');
  const isSecret = /\/secrets(?:\/|$)/.test(label.path);
  const text = isSecret ? reason : (textOf(status, 'message') ?? reason);
  if (text === undefined || text === '') return '';
  return `: ${text.replace(/\s+/g, ' ').slice(0, maxMessageLength)}`;
}
