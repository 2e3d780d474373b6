import type { HttpClient } from '../../ports/index.ts';

/** A request as Amazon's SDK hands it to its transport. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An answer as Amazon's SDK takes it. */
interface SdkAnswer {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array;
  };
}

/** What Amazon's SDK sends its requests by. */
export interface SdkTransport {
  handle(request: SdkRequest): Promise<SdkAnswer>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

const timeoutMs = 15_000;
const maxBodyBytes = 1024 * 1024;

/** Lets Amazon's SDK send through our client, so that proxies, authorities and mapped endpoints count for it too. */
export function createAwsTransport(http: HttpClient, signal: AbortSignal): SdkTransport {
  return {
    async handle(request) {
      const answer = await http.request(
        {
          method: request.method,
          url: toUrl(request),
          headers: withoutHop(request.headers),
          ...(request.body === undefined ? {} : { body: toBody(request.body) }),
          timeoutMs,
          maxBodyBytes,
          redirect: 'return',
        },
        signal,
      );
      return { response: { statusCode: answer.status, headers: { ...answer.headers }, body: answer.body } };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function toUrl({ protocol, hostname, port, path, query }: SdkRequest): string {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`);
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) url.searchParams.append(name, one);
  }
  return url.href;
}

/** The client writes these itself. */
function withoutHop(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !['host', 'content-length', 'connection'].includes(name.toLowerCase()),
    ),
  );
}

function toBody(body: unknown): string | Uint8Array {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new TypeError('the SDK sends a body of an unexpected kind');
}
