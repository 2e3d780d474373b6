import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { embeddedHttpErrors } from './errors.ts';

/**
 * The body of a request, unpacked when it is compressed, chunk by chunk.
 *
 * Errors: embedded-http.too-large, embedded-http.malformed.
 */
export async function* readBody(request: IncomingMessage, maxBytes: number): AsyncGenerator<Uint8Array> {
  const isPacked = /^(?:x-)?gzip$/i.test(request.headers['content-encoding'] ?? '');
  const gunzip = isPacked ? createGunzip() : undefined;
  if (gunzip) {
    request.on('error', (error) => gunzip.destroy(error));
    request.pipe(gunzip);
  }
  let sizeBytes = 0;
  try {
    for await (const chunk of (gunzip ?? request) as AsyncIterable<Uint8Array>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) {
        throw embeddedHttpErrors.create('embedded-http.too-large', `the body is above ${maxBytes} bytes`);
      }
      yield chunk;
    }
  } catch (error) {
    if (embeddedHttpErrors.is(error)) throw error;
    throw embeddedHttpErrors.create('embedded-http.malformed', 'the body cannot be read', { cause: error });
  }
}

/** The body of a request as JSON; `undefined` when it is empty. Errors: as `readBody`. */
export async function readJsonBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<JsonValue | undefined> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBody(request, maxBytes)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw embeddedHttpErrors.create('embedded-http.malformed', 'the body is not JSON', { cause: error });
  }
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: JsonObject | readonly JsonObject[],
  headers: OutgoingHttpHeaders = {},
): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body), headers);
}

/** Answers with plain text. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: OutgoingHttpHeaders = {},
): void {
  send(response, status, 'text/plain; charset=utf-8', text, headers);
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: OutgoingHttpHeaders,
): void {
  const length = Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': type, 'content-length': length, ...headers }).end(text);
}
