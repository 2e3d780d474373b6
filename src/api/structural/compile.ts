import type { JsonValue } from '../../base/index.ts';
import { createRuleCompiler } from './cel.ts';
import { applyDefaults, type DefaultOptions } from './defaults.ts';
import type { FieldProblem } from './problems.ts';
import { type PruneResult, pruneUnknown } from './prune.ts';
import { evaluateRules } from './rules.ts';
import type { StructuralSchema } from './schema.ts';
import { createPatternMatcher, validateStructural } from './validate.ts';

/** A schema with everything that is worth keeping between values: compiled patterns and rules. */
export interface CompiledSchema {
  readonly schema: StructuralSchema;
  /** Problems of shape; see `validateStructural`. */
  validate(value: JsonValue): readonly FieldProblem[];
  prune(value: JsonValue): PruneResult;
  /** See `applyDefaults`. */
  applyDefaults(value: JsonValue, options?: DefaultOptions): JsonValue;
  /** Problems with CEL rules; see `evaluateRules`. */
  evaluateRules(value: JsonValue, oldValue?: JsonValue): readonly FieldProblem[];
}

/** Compiles a schema once for many values. */
export function compileStructural(schema: StructuralSchema): CompiledSchema {
  const matches = createPatternMatcher();
  const compileRule = createRuleCompiler(matches);
  return {
    schema,
    validate: (value) => validateStructural(schema, value, matches),
    prune: (value) => pruneUnknown(schema, value),
    applyDefaults: (value, options) => applyDefaults(schema, value, options),
    evaluateRules: (value, oldValue) => evaluateRules(schema, value, oldValue, compileRule),
  };
}
