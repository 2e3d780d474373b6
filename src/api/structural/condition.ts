import { isJsonObject, type JsonValue } from '../../base/index.ts';
import {
  attempt,
  createEnvironment,
  firstLine,
  guardMatches,
  type RuleOutcome,
  withoutLiterals,
} from './cel.ts';
import { createPatternMatcher } from './validate.ts';

/** A condition over named values that is ready to run. */
export interface CompiledCondition {
  /** Why it can never be true or false. */
  readonly problem: string | undefined;
  run(values: Readonly<Record<string, JsonValue>>): RuleOutcome;
}

/** Compiles CEL expressions that give true or false over these names, each once. */
export function createConditionCompiler(names: readonly string[]): (source: string) => CompiledCondition {
  const matches = createPatternMatcher();
  const environment = createEnvironment(matches);
  const compiled = new Map<string, CompiledCondition>();
  const compile = (source: string): CompiledCondition => {
    const foreign = rootsOf(source).find((name) => !names.includes(name));
    const safe = guardMatches(source);
    const checked = attempt(() => environment.check(safe));
    const problem = foreign === undefined ? problemOf(checked) : `undeclared reference to '${foreign}'`;
    if (problem !== undefined) return { problem, run: () => ({ ok: false, problem }) };
    const program = environment.parse(safe);
    return { problem, run: (values) => attempt(() => program(toValues(values))) };
  };
  return (source) => {
    const known = compiled.get(source) ?? compile(source);
    compiled.set(source, known);
    return known;
  };
}

/** The authorizer is the one variable of admission that nothing here stands for. */
const rootsOf = (source: string): readonly string[] =>
  /(?:^|[^\w.])authorizer\b/.test(withoutLiterals(source)) ? ['authorizer'] : [];

function problemOf(checked: RuleOutcome): string | undefined {
  if (!checked.ok) return `compilation failed: ${checked.problem}`;
  const result = checked.value as {
    readonly valid: boolean;
    readonly type?: unknown;
    readonly error?: unknown;
  };
  if (!result.valid) return `compilation failed: ${firstLine(result.error)}`;
  const type = String(result.type);
  return type === 'bool' || type === 'dyn' ? undefined : `must evaluate to bool but got ${type}`;
}

/** Whole numbers are integers. */
function toValues(values: JsonValue | Readonly<Record<string, JsonValue>>): Record<string, unknown> {
  const entries = isJsonObject(values) ? Object.entries(values) : [];
  return Object.fromEntries(entries.map(([name, value]) => [name, toValue(value)]));
}

function toValue(value: JsonValue | undefined): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => toValue(item));
  return isJsonObject(value) ? toValues(value) : value;
}
