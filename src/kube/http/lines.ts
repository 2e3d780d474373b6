import { isJsonObject, type JsonObject } from '../../base/index.ts';
import { kubeErrors } from '../errors.ts';

/** Longest single watch event: twice etcd's limit for a request, and room for JSON's escapes. */
const maxLineBytes = 16 * 1024 * 1024;

/**
 * The JSON objects of a stream that has one on each line.
 *
 * Errors: kube.protocol for a line that is none, or longer than 16 MiB; a last line without an end is not an event.
 */
export async function* readJsonLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<JsonObject> {
  const pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(10, start); end >= 0; end = chunk.indexOf(10, start)) {
      pending.push(chunk.subarray(start, end));
      const line = Buffer.concat(pending).toString('utf8').trim();
      pending.length = 0;
      pendingBytes = 0;
      start = end + 1;
      if (line !== '') yield parseLine(line);
    }
    const rest = chunk.subarray(start);
    pendingBytes += rest.length;
    if (pendingBytes > maxLineBytes) throw garbage(`a line is longer than ${maxLineBytes} bytes`);
    if (rest.length > 0) pending.push(rest);
  }
}

function parseLine(line: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw garbage('a line is not JSON');
  }
  if (!isJsonObject(value)) throw garbage('a line is not a JSON object');
  return value;
}

function garbage(why: string): Error {
  return kubeErrors.create('kube.protocol', `watch stream cannot be read: ${why}`);
}
