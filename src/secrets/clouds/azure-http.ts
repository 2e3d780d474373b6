import type { HttpClient } from '../../ports/index.ts';

/** Headers as Azure's library keeps them. */
interface PipelineHeaders extends Iterable<[string, string]> {
  get(name: string): string | undefined;
  has(name: string): boolean;
  set(name: string, value: string | number | boolean): void;
  delete(name: string): void;
  toJSON(options?: { preserveCase?: boolean }): Record<string, string>;
}

interface PipelineRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: PipelineHeaders;
  readonly body?: unknown;
}

interface PipelineResponse<Request> {
  readonly request: Request;
  readonly status: number;
  readonly headers: PipelineHeaders;
  readonly bodyAsText: string;
}

const maxBodyBytes = 1024 * 1024;

/** Lets Azure's library send through our client, so that proxies, authorities and mapped endpoints count for it too. */
export function createAzureTransport(
  http: HttpClient,
  signal: AbortSignal,
): { sendRequest<Request extends PipelineRequest>(request: Request): Promise<PipelineResponse<Request>> } {
  return {
    async sendRequest(request) {
      const { body } = request;
      if (body !== undefined && body !== null && typeof body !== 'string') {
        throw new TypeError('the library sends a body of an unexpected kind');
      }
      const headers = Object.fromEntries(
        Object.entries(request.headers.toJSON()).filter(([name]) => !hopHeaders.includes(name.toLowerCase())),
      );
      const answer = await http.request(
        {
          method: request.method,
          url: request.url,
          headers,
          ...(body ? { body } : {}),
          maxBodyBytes,
          redirect: 'return',
        },
        signal,
      );
      return {
        request,
        status: answer.status,
        headers: toHeaders(answer.headers),
        bodyAsText: new TextDecoder().decode(answer.body),
      };
    },
  };
}

const hopHeaders: readonly string[] = ['host', 'content-length', 'connection', 'accept-encoding'];

function toHeaders(given: Readonly<Record<string, string>>): PipelineHeaders {
  const all = new Map(Object.entries(given));
  return {
    get: (name) => all.get(name.toLowerCase()),
    has: (name) => all.has(name.toLowerCase()),
    set: (name, value) => void all.set(name.toLowerCase(), String(value)),
    delete: (name) => void all.delete(name.toLowerCase()),
    toJSON: () => Object.fromEntries(all),
    [Symbol.iterator]: () => all.entries(),
  };
}
