import { Environment } from '@marcbachmann/cel-js';
import { describeError, isJsonObject, type JsonValue } from '../../base/index.ts';
import type { StructuralSchema } from './schema.ts';
import type { MatchPattern } from './validate.ts';

/** A rule that is ready to run. */
export interface CompiledRule {
  /** Does it look at the value before the change? */
  readonly isTransition: boolean;
  run(self: unknown, oldSelf: unknown): RuleOutcome;
}

/** What a rule gave, or why it gave nothing. */
export type RuleOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** Compiles CEL rules, each once. */
export type CompileRule = (source: string) => CompiledRule;

// A text literal, which stays as it is, or a call of `matches`, e.g. `.matches(`.
const literalOrMatches = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\.\s*matches\s*\(/g;
// Text literals, e.g. "a\"b".
const literals = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g;

/**
 * A compiler with a memory of its own.
 *
 * Regular expressions in rules go to RE2: calls of CEL's own `matches`, which the library gives to JavaScript's engine,
 * are renamed to a function that is ours.
 */
export function createRuleCompiler(matches: MatchPattern): CompileRule {
  const compiled = new Map<string, CompiledRule>();
  const environment = createEnvironment(matches);
  return (source) => {
    const known = compiled.get(source) ?? compileRule(environment, source);
    compiled.set(source, known);
    return known;
  };
}

/** Where expressions are compiled: RE2 for patterns, any variable. */
export function createEnvironment(matches: MatchPattern): Environment {
  return new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
  }).registerFunction('string.matchesRe2(string): bool', (text: string, pattern: string) =>
    matches(pattern, text),
  );
}

/** The expression with our function in the place of `matches`. */
export function guardMatches(source: string): string {
  return source.replace(literalOrMatches, (found) => (found.startsWith('.') ? '.matchesRe2(' : found));
}

/** The expression with empty text literals. */
export function withoutLiterals(source: string): string {
  return source.replace(literals, '""');
}

function compileRule(environment: Environment, source: string): CompiledRule {
  const isTransition = /\boldSelf\b/.test(withoutLiterals(source));
  const safe = guardMatches(source);
  try {
    const program = environment.parse(safe);
    return {
      isTransition,
      run: (self, oldSelf) => attempt(() => program(isTransition ? { self, oldSelf } : { self })),
    };
  } catch (error) {
    const problem = firstLine(error);
    return { isTransition, run: () => ({ ok: false, problem }) };
  }
}

/** What an evaluation gives, or why it gives nothing. */
export function attempt(evaluate: () => unknown): RuleOutcome {
  try {
    return { ok: true, value: evaluate() };
  } catch (error) {
    return { ok: false, problem: firstLine(error) };
  }
}

/** What went wrong; the library adds the source with a pointer below the sentence. */
export function firstLine(error: unknown): string {
  return describeError(error).split('\n')[0] ?? '';
}

const reserved: readonly string[] = [
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
];

/**
 * A value as CEL sees it: whole numbers are integers, points in time are timestamps, and declared names that are no
 * CEL identifiers are escaped ("x-y" reads "x__dash__y").
 */
export function toCel(schema: StructuralSchema | undefined, value: JsonValue): unknown {
  if (schema === undefined) return value;
  if (typeof value === 'number') return isWhole(schema, value) ? BigInt(value) : value;
  if (typeof value === 'string' && schema.format === 'date-time') return new Date(value);
  if (Array.isArray(value)) return value.map((item) => toCel(schema.items, item));
  if (!isJsonObject(value)) return value;
  const { properties = {}, additionalProperties } = schema;
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const entries = Object.entries(value).flatMap(([name, member]) => {
    if (member === undefined) return [];
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return [[own === undefined ? name : escapeName(name), toCel(own ?? rest, member)] as const];
  });
  return Object.fromEntries(entries);
}

function isWhole(schema: StructuralSchema, value: number): boolean {
  const mayBeWhole = schema.type === 'integer' || schema['x-kubernetes-int-or-string'] === true;
  return mayBeWhole && Number.isSafeInteger(value);
}

function escapeName(name: string): string {
  if (reserved.includes(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}
