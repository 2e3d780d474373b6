import fastJsonPatch from 'fast-json-patch';
import type { JsonObject } from '../../src/base/index.ts';
import { kubeErrors } from '../../src/kube/index.ts';
import type { JsonPatchOperation } from '../../src/ports/index.ts';

/** Applies a JSON patch as an API server does. Errors: kube.invalid for a failing test or a path that is not there. */
export function applyJsonPatch(target: JsonObject, patch: readonly JsonPatchOperation[]): JsonObject {
  try {
    const operations = JSON.parse(JSON.stringify(patch)) as fastJsonPatch.Operation[];
    return fastJsonPatch.applyPatch(target, operations, true).newDocument;
  } catch (error) {
    throw kubeErrors.create('kube.invalid', 'the JSON patch does not apply', { cause: error });
  }
}
