import jsonPatch from 'fast-json-patch';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { parseJsonText } from '../http/json.ts';
import { isList, textAt } from '../json-path.ts';
import { badRequest, failure } from '../status.ts';

const maxOperations = 10_000;
/** What all copy operations of a patch may copy together, in characters of JSON. */
const maxCopied = 6 * 1024 * 1024;
const names = ['add', 'remove', 'replace', 'test', 'move', 'copy'] as const;

/** One operation of RFC 6902. */
interface PatchOperation {
  readonly op: (typeof names)[number];
  readonly path: string;
  readonly from: string;
  readonly value: JsonValue;
}

/** Reads a JSON patch; another document is a 400 Status. */
export function parseJsonPatch(text: string): readonly PatchOperation[] {
  let document: JsonValue;
  try {
    document = parseJsonText(text);
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : 'not JSON'}`);
  }
  if (document === null) return [];
  if (!isList(document)) {
    throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  }
  if (document.length > maxOperations) {
    const message = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${document.length}`;
    throw failure(413, 'RequestEntityTooLarge', message);
  }
  return document.map((item) => {
    if (!isJsonObject(item)) throw badRequest('error decoding patch: an operation is not an object');
    const op = names.find((name) => name === textAt(item, 'op'));
    if (op === undefined) throw unprocessable();
    const from = textAt(item, 'from');
    if (from === undefined && (op === 'move' || op === 'copy')) throw unprocessable();
    return { op, path: textAt(item, 'path') ?? '', from: from ?? '', value: item['value'] ?? null };
  });
}

/** Applies a JSON patch to a copy; one that cannot be applied, or whose test fails, is a 422 Status. */
export function applyJsonPatch(object: JsonObject, operations: readonly PatchOperation[]): JsonValue {
  let document: JsonValue = structuredClone(object);
  let copied = 0;
  for (const operation of operations) {
    document = applyOne(document, operation);
    if (operation.op !== 'copy') continue;
    copied += JSON.stringify(jsonPatch.getValueByPointer(document, operation.from))?.length ?? 0;
    // Copies of copies double with each operation.
    if (copied > maxCopied) throw unprocessable();
  }
  return document;
}

function applyOne(document: JsonValue, operation: PatchOperation): JsonValue {
  try {
    return jsonPatch.applyOperation(document, operation, true, true).newDocument;
  } catch {
    // Which operation failed is not told, as the genuine server does not tell it.
    throw unprocessable();
  }
}

function unprocessable(): Error {
  const message = 'the server rejected our request due to an error in our request';
  return failure(422, 'Invalid', message, { details: {} });
}
