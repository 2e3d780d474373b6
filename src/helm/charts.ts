import { LRUCache } from 'lru-cache';
import { AppError } from '../base/index.ts';
import type {
  ChartSource,
  Charts,
  HostBudgetErrorCode,
  HostBudgets,
  HttpClient,
  HttpErrorCode,
  HttpResponse,
  RequestTurn,
} from '../ports/index.ts';
import { helmErrors } from './errors.ts';
import { readChartIndex } from './index-file.ts';

/** What the adapter needs. */
export interface ChartsDeps {
  readonly http: HttpClient;
  readonly budgets: HostBudgets;
}

/** Limits of the adapter; each has a default. */
export interface ChartsOptions {
  /** Of an index. */
  readonly maxIndexBytes?: number;
  /** For one request. */
  readonly requestTimeoutMs?: number;
}

type Versions = ReadonlyMap<string, readonly string[]>;

/** What is remembered of an index, for one identity. */
interface Remembered {
  readonly validators: Readonly<Record<string, string>>;
  readonly names: ReadonlySet<string>;
  readonly versions: Versions;
}

const mebibyte = 1024 * 1024;
const defaults: Required<ChartsOptions> = { maxIndexBytes: 64 * mebibyte, requestTimeoutMs: 60_000 };
/** Indexes of which something is remembered. */
const maxIndexes = 1_000;

/** Creates the adapter for chart repositories over HTTP. */
export function createHttpCharts(deps: ChartsDeps, options: ChartsOptions = {}): Charts {
  const limits = { ...defaults, ...options };
  const remembered = new LRUCache<string, Remembered>({ max: maxIndexes });
  return {
    async listVersions(source, names, signal) {
      const url = `${source.repoURL}/index.yaml`;
      const key = keyOf(source);
      const last = remembered.get(key);
      const known = last !== undefined && names.every((name) => last.names.has(name)) ? last : undefined;
      const response = await ask(deps, source, { url, validators: known?.validators ?? {}, limits }, signal);
      if (response.status === 304 && known !== undefined) return known.versions;
      if (response.status !== 200) throw toStatusError(response, url, deps.budgets.pauseMs(turnOf(source)));
      const versions = read(new TextDecoder().decode(response.body), names, url);
      const validators = validatorsOf(response);
      if (validators === undefined) remembered.delete(key);
      else remembered.set(key, { validators, names: new Set(names), versions });
      return versions;
    },
  };
}

function keyOf({ repoURL, credential, insecureSkipTLSVerify }: ChartSource): string {
  const who = `${credential?.identity ?? ''} ${credential?.revision ?? ''}`;
  return [repoURL, who, insecureSkipTLSVerify === true ? 'insecure' : ''].join('\n');
}

function turnOf({ repoURL, credential, party, isAwaited }: ChartSource): RequestTurn {
  return {
    host: URL.canParse(repoURL) ? new URL(repoURL).host : '',
    identity: credential?.identity ?? '',
    ...(party === undefined ? {} : { party }),
    ...(isAwaited === undefined ? {} : { isAwaited }),
  };
}

async function ask(
  { http, budgets }: ChartsDeps,
  source: ChartSource,
  request: {
    readonly url: string;
    readonly validators: Readonly<Record<string, string>>;
    readonly limits: Required<ChartsOptions>;
  },
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { url, validators, limits } = request;
  try {
    const request = {
      method: 'GET',
      url,
      headers: { accept: 'application/yaml, */*', ...validators, ...authorization(source) },
      timeoutMs: limits.requestTimeoutMs,
      maxBodyBytes: limits.maxIndexBytes,
      ...(source.insecureSkipTLSVerify === true ? { tls: { insecureSkipVerify: true } } : {}),
    };
    return await budgets.run(turnOf(source), () => http.request(request, signal), signal);
  } catch (error) {
    throw toHelmError(error, url);
  }
}

function authorization({ credential }: ChartSource): Readonly<Record<string, string>> {
  if (credential?.username === undefined && credential?.password === undefined) return {};
  const text = `${credential.username ?? ''}:${credential.password ?? ''}`;
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

/** What to ask with next time; `undefined` when the repository gives nothing to ask with. */
function validatorsOf({ headers }: HttpResponse): Readonly<Record<string, string>> | undefined {
  if (headers['etag'] !== undefined) return { 'if-none-match': headers['etag'] };
  if (headers['last-modified'] !== undefined) return { 'if-modified-since': headers['last-modified'] };
  return undefined;
}

function read(text: string, names: readonly string[], url: string): Versions {
  try {
    return readChartIndex(text, names);
  } catch (error) {
    if (!helmErrors.is(error)) throw error;
    throw helmErrors.create(error.code, `${url}: ${error.message}`, { cause: error });
  }
}

function toStatusError({ status }: HttpResponse, url: string, pauseMs: number): AppError {
  const message = `${url} answers ${status}`;
  if (status === 429) {
    return helmErrors.create('helm.rate-limited', message, { retryAfterMs: Math.ceil(pauseMs) });
  }
  if (status === 401 || status === 403 || status === 407)
    return helmErrors.create('helm.auth-failed', message);
  if (status === 404 || status === 410) return helmErrors.create('helm.not-found', message);
  if (status >= 500 || status === 408) return helmErrors.create('helm.unreachable', message);
  return helmErrors.create('helm.invalid-index', message);
}

type HelmErrorCode = keyof typeof helmErrors.entries;

type LowerCode = HttpErrorCode | HostBudgetErrorCode;

const httpCodes: Readonly<Record<LowerCode, { readonly code: HelmErrorCode; readonly stop?: boolean }>> = {
  'http.host-paused': { code: 'helm.rate-limited' },
  'http.host-busy': { code: 'helm.rate-limited' },
  'http.invalid-request': { code: 'helm.unsupported' },
  'http.unreachable': { code: 'helm.unreachable' },
  'http.timeout': { code: 'helm.unreachable' },
  'http.tls-failed': { code: 'helm.unreachable', stop: true },
  'http.too-large': { code: 'helm.too-large' },
  'http.redirect-refused': { code: 'helm.unreachable', stop: true },
};

/** An error of the exchange as one of this module; what is not ours (an abort) is given back as it is. */
function toHelmError(error: unknown, url: string): unknown {
  if (!(error instanceof AppError) || !isHttpCode(error.code)) return error;
  const { code, stop } = httpCodes[error.code];
  return helmErrors.create(code, `${url}: ${error.message}`, {
    cause: error,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(stop === true ? { disposition: 'stop', hint: error.hint ?? '' } : {}),
  });
}

function isHttpCode(code: string): code is LowerCode {
  return Object.hasOwn(httpCodes, code);
}
