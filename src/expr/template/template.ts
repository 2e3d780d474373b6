import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import type { FunctionSignature } from '../check/check.ts';
import type { Environment } from '../eval/environment.ts';
import { createLanguage, type Language, type Limits } from '../language.ts';
import { Fault, type Need, type Problem, type SourceRange, toProblem } from '../problem.ts';
import { isEmpty } from '../value/compare.ts';
import { escapePointer } from '../value/json.ts';
import { isList, mapEntries } from '../value/kinds.ts';
import { assertSize } from '../value/size.ts';
import { Record_, type Value, Verbatim } from '../value/types.ts';
import { coerceText } from './coerce.ts';
import { renderValue, reservedNames, templateFunctions, templateImplementations } from './functions.ts';
import { hasExpression, type Segment, scanTemplate } from './scan.ts';

/** What a template gives. Positions of problems are offsets in the template's text. */
export type TemplateResult =
  | TemplateValue
  | { readonly kind: 'needs'; readonly needs: readonly Need[] }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** The value of a template. */
export interface TemplateValue {
  readonly kind: 'value';
  readonly value: JsonValue;
  /** True when the value is a string that stands for itself and was not coerced. */
  readonly verbatim: boolean;
  /** JSON pointers of all such strings within the value; `['']` when it is one itself. */
  readonly pointers: readonly string[];
}

/** What a config gives. */
export type ConfigResult<Config extends JsonValue = JsonValue> =
  | { readonly kind: 'value'; readonly value: Config; readonly pointers: readonly string[] }
  | { readonly kind: 'needs'; readonly needs: readonly Need[] }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] };

/** A problem in one string of a config. */
export interface ConfigProblem {
  /** JSON pointer of the string. */
  readonly pointer: string;
  /** The string itself, for printing the problem. */
  readonly template: string;
  readonly problem: Problem;
}

/** Templates over a fixed set of functions. */
export interface Templates {
  readonly language: Language;
  /** Evaluates one string. A string without an opening delimiter is given back as it is. Pure; never throws. */
  evaluateTemplate(text: string, environment: Environment): TemplateResult;
  /**
   * Evaluates every string within JSON data, member names excluded. All needs are collected before they are reported; needs
   * come before problems, since an answered need may remove a problem.
   */
  evaluateConfig(config: JsonValue, environment: Environment): ConfigResult;
  /** All problems of a template that show without an environment. */
  checkTemplate(text: string): readonly Problem[];
}

/** What templates are made of. */
export interface TemplateOptions {
  readonly functions?: readonly FunctionSignature[];
  readonly limits?: Partial<Limits>;
  readonly cacheSize?: number;
}

/** Templates with the given functions beside `quote`, `unsafeQuote`, `asJSON` and `asYAML`. */
export function createTemplates(options: TemplateOptions = {}): Templates {
  const language = createLanguage({
    ...options,
    functions: [...(options.functions ?? []), ...templateFunctions],
  });

  function evaluateTemplate(text: string, environment: Environment): TemplateResult {
    try {
      return evaluateText(language, text, environment);
    } catch (caught) {
      return { kind: 'problem', problem: toProblem(caught, { start: 0, end: text.length }) };
    }
  }

  function evaluateConfig(config: JsonValue, environment: Environment): ConfigResult {
    const walk: Walk = { needs: [], problems: [], pointers: [] };
    const value = walkConfig(walk, config, '', (text) => evaluateTemplate(text, environment));
    if (walk.needs.length > 0) return { kind: 'needs', needs: uniqueNeeds(walk.needs) };
    if (walk.problems.length > 0) return { kind: 'problems', problems: walk.problems };
    return { kind: 'value', value, pointers: walk.pointers };
  }

  function checkTemplate(text: string): readonly Problem[] {
    try {
      return scanTemplate(text).flatMap((segment) => {
        if (segment.kind === 'text') return [];
        const compiled = language.compile(segment.source);
        return compiled.kind === 'program'
          ? []
          : compiled.problems.map((problem) => moved(problem, segment.start));
      });
    } catch (caught) {
      return [toProblem(caught, { start: 0, end: text.length })];
    }
  }

  return { language, evaluateTemplate, evaluateConfig, checkTemplate };
}

function evaluateText(language: Language, text: string, environment: Environment): TemplateResult {
  if (!hasExpression(text)) return { kind: 'value', value: text, verbatim: false, pointers: [] };
  refuseReserved(environment);
  const functions = { ...environment.functions, ...templateImplementations };
  const full: Environment = { ...environment, functions };
  const segments = scanTemplate(text);
  const needs: Need[] = [];
  let rendered = '';
  for (const segment of segments) {
    if (segment.kind === 'text') {
      rendered += segment.text;
      continue;
    }
    const result = language.run(segment.source, full);
    if (result.kind === 'problem') {
      if (needs.length > 0) continue;
      return { kind: 'problem', problem: moved(result.problem, segment.start) };
    }
    if (result.kind === 'needs') needs.push(...result.needs);
    else if (segments.length === 1 && needs.length === 0)
      return finishSingle(result.value, segment, language.limits.maxOutput);
    else rendered += renderLimited(language, result.value, segment, rendered.length);
  }
  if (needs.length > 0) return { kind: 'needs', needs: uniqueNeeds(needs) };
  return { kind: 'value', value: coerceText(rendered), verbatim: false, pointers: [] };
}

function refuseReserved(environment: Environment): void {
  for (const name of reservedNames) {
    if (Object.hasOwn(environment.variables, name)) {
      throw new Fault('expr.reserved-name', `the name "${name}" belongs to the template language`);
    }
  }
}

type ExpressionSegment = Extract<Segment, { kind: 'expression' }>;

function rangeOf(segment: ExpressionSegment): SourceRange {
  return { start: segment.start, end: segment.start + segment.source.length };
}

/** A template of exactly one expression keeps the verbatim flag. */
function finishSingle(value: Value, segment: ExpressionSegment, maxOutput: number): TemplateResult {
  if (value instanceof Verbatim) return { kind: 'value', value: value.text, verbatim: true, pointers: [''] };
  try {
    assertSize(value, maxOutput);
    return {
      kind: 'value',
      value: coerceText(renderValue(value)),
      verbatim: false,
      pointers: pointersOf(value, ''),
    };
  } catch (caught) {
    return { kind: 'problem', problem: toProblem(caught, rangeOf(segment)) };
  }
}

function renderLimited(language: Language, value: Value, segment: ExpressionSegment, before: number): string {
  let text: string;
  try {
    assertSize(value, language.limits.maxOutput);
    text = renderValue(value);
  } catch (caught) {
    if (!(caught instanceof Fault)) throw caught;
    throw new Fault(caught.code, caught.message, { data: caught.data, range: rangeOf(segment) });
  }
  if (before + text.length > language.limits.maxOutput) {
    const message = `the template makes more than ${language.limits.maxOutput} characters`;
    throw new Fault('expr.limit', message, { range: rangeOf(segment) });
  }
  return text;
}

/** JSON pointers of the verbatim strings within a value as it is written as JSON. */
function pointersOf(value: Value, at: string): readonly string[] {
  if (value instanceof Verbatim) return [at];
  if (isList(value)) return value.flatMap((item, index) => pointersOf(item, `${at}/${index}`));
  if (value instanceof Record_) {
    if (value.spec.text !== undefined) return [];
    const fields = value.spec.fields.filter((field) => field.omitEmpty !== true || !isEmpty(field.value));
    return fields.flatMap((field) => pointersOf(field.value, `${at}/${escapePointer(field.jsonName)}`));
  }
  const entries = mapEntries(value) ?? [];
  return entries.flatMap(([key, item]) =>
    typeof key === 'string' ? pointersOf(item, `${at}/${escapePointer(key)}`) : [],
  );
}

interface Walk {
  readonly needs: Need[];
  readonly problems: ConfigProblem[];
  readonly pointers: string[];
}

function walkConfig(
  walk: Walk,
  node: JsonValue,
  pointer: string,
  evaluate: (text: string) => TemplateResult,
): JsonValue {
  if (typeof node === 'string') return walkString(walk, node, pointer, evaluate);
  if (Array.isArray(node)) {
    return node.map((item: JsonValue, index) => walkConfig(walk, item, `${pointer}/${index}`, evaluate));
  }
  if (!isJsonObject(node)) return node;
  const members = Object.entries(node as JsonObject).flatMap(([name, item]) =>
    item === undefined
      ? []
      : [[name, walkConfig(walk, item, `${pointer}/${escapePointer(name)}`, evaluate)] as const],
  );
  return Object.fromEntries(members);
}

function walkString(
  walk: Walk,
  template: string,
  pointer: string,
  evaluate: (text: string) => TemplateResult,
): JsonValue {
  const result = evaluate(template);
  if (result.kind === 'needs') {
    walk.needs.push(...result.needs);
    return null;
  }
  if (result.kind === 'problem') {
    walk.problems.push({ pointer, template, problem: result.problem });
    return null;
  }
  if (typeof result.value === 'number' && !Number.isFinite(result.value)) {
    const message = `the result ${result.value} is a number that JSON cannot hold; quote() keeps it a string`;
    const problem: Problem = { code: 'expr.unrenderable', message, data: {}, start: 0, end: template.length };
    walk.problems.push({ pointer, template, problem });
    return null;
  }
  walk.pointers.push(...result.pointers.map((inner) => pointer + inner));
  return result.value;
}

function moved(problem: Problem, offset: number): Problem {
  return { ...problem, start: problem.start + offset, end: problem.end + offset };
}

function uniqueNeeds(needs: readonly Need[]): readonly Need[] {
  return [...new Map(needs.map((entry) => [`${entry.kind}\n${entry.key}`, entry] as const)).values()];
}
