import type { IncomingMessage } from 'node:http';
import { describeError, type JsonValue } from '../../../base/index.ts';
import { parseYaml } from '../../../base/yaml/index.ts';
import { badRequest, failure, unsupportedMediaType } from '../status.ts';
import { parseJsonText } from './json.ts';
import { decodeProtobuf } from './protobuf.ts';

const jsonType = 'application/json';
const protobufType = 'application/vnd.kubernetes.protobuf';
const yamlType = 'application/yaml';
const accepted = [jsonType, yamlType, protobufType];

/** Reads a request body; one above the limit is a 413 Status. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = (): Error =>
    failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maxBytes}`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(badRequest('unexpected EOF')));
    request.on('close', () => reject(badRequest('unexpected EOF')));
  });
}

/** The media type of a request without its parameters; JSON when none is given. */
export function mediaTypeOf(request: IncomingMessage): string {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return type === '' ? jsonType : type;
}

/** Decodes an object body by its media type; `undefined` when it is empty. */
export function decodeBody(body: Buffer, mediaType: string): JsonValue | undefined {
  if (body.length === 0) return undefined;
  if (mediaType === jsonType) return parseJson(body.toString('utf8'));
  if (mediaType === yamlType) return readYaml(body.toString('utf8'));
  if (mediaType === protobufType) {
    const decoded = decodeProtobuf(body);
    if (decoded !== undefined) return decoded;
    throw unsupportedMediaType(
      'this server reads the protobuf form of a few kinds only; send application/json',
    );
  }
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

function parseJson(text: string): JsonValue {
  try {
    return parseJsonText(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'not JSON';
    throw badRequest(
      `the object provided is unrecognized: couldn't get version/kind; json parse error: ${why}`,
    );
  }
}

function readYaml(text: string): JsonValue {
  try {
    return parseYaml(text) ?? null;
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: yaml: ${describeError(error)}`);
  }
}
