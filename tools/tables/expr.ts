import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { answerKey, functionsOf, stepFunctions } from '../../src/domain/expressions/index.ts';
import {
  type ConfigResult,
  createLanguage,
  createTemplates,
  type Environment,
  type Evaluated,
  formatJson,
  kindOf,
  nilMap,
  plain,
  readJson,
  type TemplateResult,
  type Templates,
  type Value,
  type ValueMap,
} from '../../src/expr/index.ts';
import { answerNeed, type Fixture, snapshotOf } from './fixture.ts';
import { compareOutcome, type Outcome, type Row, type Table } from './table.ts';

const nowMs = Date.UTC(2026, 7, 1);

const tableKinds: Readonly<Record<string, string>> = {
  nil: 'null',
  bytes: 'list',
  zone: 'object',
  record: 'object',
};

/** Expressions and templates. */
export const exprTable: Table = {
  name: 'expr',
  prepare: (fixtures) => {
    const { envs } = fixtures as { envs: Record<string, ValueMap> };
    const language = createLanguage();
    const templates = createTemplates();
    const kargoTemplates = createTemplates({ functions: stepFunctions });
    const environmentOf = (row: Row): Environment => {
      const name = row.input['env'];
      const inline = row.input['inlineEnv'] as ValueMap | undefined;
      const variables = inline ?? (typeof name === 'string' ? envs[name] : undefined) ?? nilMap;
      return { variables, nowMs };
    };
    return (row) => {
      if (row.input['fixture'] !== undefined) {
        const { fixtures: named } = fixtures as unknown as { fixtures: Record<string, Fixture> };
        const fixture = named[String(row.input['fixture'])];
        if (fixture === undefined) return { passed: false, actual: 'no such fixture' };
        return templateOutcome(
          row,
          evaluateWithFixture(kargoTemplates, fixture, String(row.input['template'])),
        );
      }
      const environment = environmentOf(row);
      if (typeof row.input['expr'] === 'string') {
        return expressionOutcome(row, language.run(row.input['expr'], environment));
      }
      if (typeof row.input['template'] === 'string') {
        return templateOutcome(row, templates.evaluateTemplate(row.input['template'], environment));
      }
      const text = String(row.input['jsonTemplate']);
      return configOutcome(row, text, (config) => templates.evaluateConfig(config, environment));
    };
  },
};

const maxRounds = 32;

/** Evaluates as the engine does: reads what is needed and evaluates again. */
function evaluateWithFixture(templates: Templates, fixture: Fixture, template: string): TemplateResult {
  const answers = new Map<string, JsonObject | null>();
  const step = { steps: fixture.stepMetas, alias: fixture.currentStepAlias };
  for (let round = 0; ; round++) {
    const snapshot = { ...snapshotOf(fixture), answers };
    const environment = { variables: {}, functions: functionsOf(snapshot, step), nowMs };
    const result = templates.evaluateTemplate(template, environment);
    if (result.kind !== 'needs' || round >= maxRounds) return result;
    for (const need of result.needs) answers.set(answerKey(need), answerNeed(fixture, need));
  }
}

function expressionOutcome(row: Row, result: Evaluated): Outcome {
  if (result.kind !== 'value') return failed(row, result);
  try {
    const kind = tableKinds[kindOf(result.value)] ?? kindOf(result.value);
    return succeeded(row, { kind, text: textOf(result.value) });
  } catch (error) {
    return failed(row, String(error));
  }
}

function textOf(value: Value): string {
  const item = plain(value);
  return typeof item === 'string' ? item : formatJson(item);
}

function templateOutcome(row: Row, result: TemplateResult): Outcome {
  if (result.kind !== 'value') return failed(row, result);
  return succeeded(row, describeValue(result.value));
}

function describeValue(value: JsonValue): JsonObject {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { type: 'number', value: { $float: Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf' } };
  }
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return { type, value };
}

function configOutcome(row: Row, text: string, evaluate: (config: JsonValue) => ConfigResult): Outcome {
  let config: JsonValue;
  try {
    config = JSON.parse(text) as JsonValue;
  } catch (error) {
    return failed(row, String(error));
  }
  // Manifests arrive decoded, so a number beyond a float is refused before this code sees it.
  if (
    typeof config !== 'object' ||
    Array.isArray(config) ||
    JSON.stringify(config) !== JSON.stringify(readJson(text))
  ) {
    return failed(row, 'not an object');
  }
  const result = evaluate(config);
  if (result.kind !== 'value') return failed(row, result);
  if (row.error === true) return { passed: false, actual: result.value };
  const expected = (row.expect as { json: string }).json;
  return compareOutcome(JSON.parse(expected), result.value);
}

function failed(row: Row, actual: unknown): Outcome {
  return { passed: row.error === true, actual };
}

function succeeded(row: Row, actual: unknown): Outcome {
  return row.error === true ? { passed: false, actual } : compareOutcome(row.expect, actual);
}
