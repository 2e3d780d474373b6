/**
 * The expression language of manifests: a port of expr-lang's language without what only Go has, with Kargo's templates.
 *
 * Values: int is `bigint` (64 bits, wrapping), float is `number`, so JSON data is a value as it stands; lists are
 * arrays, maps plain objects read by own members only; strings are texts whose slices count UTF-8 bytes; the rest are the
 * classes of `value/types.ts`. A `Verbatim` string stands for itself and is not coerced by a template.
 * Everything here is pure and synchronous; problems are values; data that is missing is reported as needs, to be
 * read by the caller, who evaluates again. It must never do I/O, read the clock or know Kubernetes.
 * Start reading at `language.ts`, then `template/template.ts`.
 */

export { binaryOperators, unaryOperators } from './ast/operators.ts';
export type { Builtin, BuiltinDoc } from './builtins/record.ts';
export { type BuiltinGroup, builtinGroups, builtins } from './builtins/registry.ts';
export { durationMethods, timeMethods } from './builtins/time-methods.ts';
export type { FunctionSignature } from './check/check.ts';
export type { Overload } from './check/signature.ts';
export {
  anyType,
  boolType,
  describeType,
  floatType,
  intType,
  listOf,
  listType,
  mapType,
  stringType,
  type Type,
  timeType,
} from './check/type.ts';
export { type ExprCode, exprErrors } from './errors.ts';
export type { Environment, HostFunction } from './eval/environment.ts';
export {
  type Compiled,
  createLanguage,
  defaultLimits,
  type Evaluated,
  type Language,
  type LanguageOptions,
  type Limits,
  type Program,
} from './language.ts';
export { formatDiagnostic, formatProblem, type Position, positionOf } from './print/diagnostic.ts';
export { printNode } from './print/source.ts';
export { type Need, need, needAll, type Problem, refuse, type SourceRange } from './problem.ts';
export { templateFunctions } from './template/functions.ts';
export {
  type ConfigProblem,
  type ConfigResult,
  createTemplates,
  type TemplateOptions,
  type TemplateResult,
  type Templates,
  type TemplateValue,
} from './template/template.ts';
export { fixedZone, Instant, utc } from './time/instant.ts';
export { parseInstant } from './time/parse.ts';
export { formatJson, markVerbatim, readJson } from './value/json.ts';
export { type Kind, kindOf, plain } from './value/kinds.ts';
export { compilePattern, type Pattern } from './value/pattern.ts';
export {
  Method,
  type MethodBody,
  nilMap,
  Record_,
  type RecordField,
  type RecordSpec,
  TextTable,
  type Value,
  type ValueMap,
  Verbatim,
} from './value/types.ts';
