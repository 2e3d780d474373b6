/**
 * YAML: fast reading as JSON, writing, and edits that replace one scalar and leave every other byte alone.
 * Nothing outside this folder knows the YAML libraries. Start reading at `edit.ts`.
 */
export { type DuplicateKey, listDuplicateKeys } from './duplicates.ts';
export {
  setYamlScalars,
  setYamlScalarsOrThrow,
  type YamlEdit,
  type YamlProblem,
  type YamlUpdate,
} from './edit.ts';
export { type YamlErrorCode, yamlErrors } from './errors.ts';
export { parseYamlKey, type YamlKeyPart } from './key.ts';
export { type PlacedYaml, parseYamlWithPlaces } from './places.ts';
export { parseYaml, parseYamlDocuments, parseYamlTexts } from './read.ts';
export type { YamlScalarValue } from './scalar.ts';
export { stringifyYaml } from './write.ts';
