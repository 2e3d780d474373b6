/**
 * What every module may use and what depends on nothing: errors, JSON, durations, hashes of names.
 * It must never do I/O, read the clock or know Kubernetes. Start reading at `errors.ts`.
 */
export { formatDuration, parseDuration } from './duration.ts';
export {
  AppError,
  type Disposition,
  defineErrors,
  describeError,
  type ErrorCatalogue,
  type ErrorData,
  type ErrorDetails,
  type ErrorEntry,
} from './errors.ts';
export { assertNever } from './exhaustive.ts';
export { sha1Hex, sha256Hex } from './hash.ts';
export {
  applyMergePatch,
  createMergePatch,
  deepFreeze,
  equalJson,
  isJsonObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
} from './json.ts';
export { createJsonPatch, type JsonChange } from './json-patch.ts';
export { compileRe2, type Re2, type Re2Result } from './re2.ts';
export { withRenewal } from './renewal.ts';
