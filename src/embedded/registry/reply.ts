import { writeErrorBody } from '../../wire/oci/index.ts';

/** An answer to be written. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** One request, as the operations of the registry see it. */
export interface Call {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The whole body; ends with a reply of 413 when it is too large. */
  readBody(): Promise<Uint8Array>;
}

/** An error answer in the distribution specification's form. */
export function problemReply(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: writeErrorBody({ code, message }),
  };
}

/** An answer whose body is JSON. */
export function jsonReply(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...headers },
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}
