/**
 * Structural schemas: what a CustomResourceDefinition says about the shape of its objects.
 * Pure functions that check, prune and default any value against any such schema. It knows no kind of its own and must
 * never do I/O. Start reading at `schema.ts`.
 */
export { type CompiledSchema, compileStructural } from './compile.ts';
export { type CompiledCondition, createConditionCompiler } from './condition.ts';
export { toStructuralSchema } from './convert.ts';
export { resourceTypeOf, structuralSchemaOf, toCustomResourceDefinition } from './crd.ts';
export { applyDefaults } from './defaults.ts';
export { structuralErrors } from './errors.ts';
export type { KindDefinition, PrinterColumn, ValidationRule } from './kind.ts';
export { type FieldProblem, type FieldReason, formatInvalid } from './problems.ts';
export { type PruneResult, pruneUnknown } from './prune.ts';
export { evaluateRules } from './rules.ts';
export {
  checkOwnMetadata,
  readStructuralSchema,
  type StructuralSchema,
  type StructuralSchemaResult,
  type StructuralType,
} from './schema.ts';
export { createPatternMatcher, type MatchPattern, validateStructural } from './validate.ts';
