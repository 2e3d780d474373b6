import { applyMergePatch, isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { jsonDuplicates } from '../http/duplicates.ts';
import { parseJsonText } from '../http/json.ts';
import type { ResourceRequest } from '../request.ts';
import { badRequest, unsupportedMediaType } from '../status.ts';
import type { Change } from '../write/update.ts';
import { applyJsonPatch, parseJsonPatch } from './json-patch.ts';
import { applyStrategicPatch } from './strategic.ts';

const jsonPatchType = 'application/json-patch+json';
const mergePatchType = 'application/merge-patch+json';
const strategicType = 'application/strategic-merge-patch+json';

/** The type of server-side apply. */
export const applyPatchType = 'application/apply-patch+yaml';

/** The patch types that a resource takes. */
export function patchTypes(resource: { readonly custom: boolean }): readonly string[] {
  const strategic = resource.custom ? [] : [strategicType];
  return [jsonPatchType, mergePatchType, ...strategic, applyPatchType];
}

/** Reads a patch of any served type but apply into a change; others are a 415 Status. */
export function parsePatch(request: ResourceRequest, contentType: string, text: string): Change {
  const isScale = request.subresource === 'scale';
  const accepted = patchTypes(request.resource).filter((type) => !isScale || type !== applyPatchType);
  if (!accepted.includes(contentType)) {
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    );
  }
  const problems = jsonDuplicates(text, contentType === jsonPatchType ? 'json patch ' : '');
  const change = { origin: { kind: 'patch', text, problems }, needsVersion: false } as const;
  if (contentType === jsonPatchType) {
    const operations = parseJsonPatch(text);
    return { ...change, apply: (current) => toObject(applyJsonPatch(current, operations)) };
  }
  const patch = parseObject(text);
  if (contentType === mergePatchType) {
    return { ...change, apply: (current) => toObject(applyMergePatch(current, patch)) };
  }
  return { ...change, apply: (current) => applyStrategicPatch(current, patch, request.resource.schema) };
}

function parseObject(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = parseJsonText(text);
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : 'not JSON'}`);
  }
  if (!isJsonObject(value)) throw badRequest('error decoding patch: not a JSON object');
  return value;
}

function toObject(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw badRequest('the patch leaves no object');
  return value;
}
