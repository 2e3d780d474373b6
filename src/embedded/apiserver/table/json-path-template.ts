import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import type { Column } from '../resource.ts';
import { formatAge } from './age.ts';

type PathStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | {
      readonly kind: 'filter';
      readonly path: readonly PathStep[];
      readonly operator: '==' | '!=' | 'exists';
      readonly value: JsonValue;
    };

/** A parsed JSONPath of a printer column. */
export type JsonPathTemplate = readonly PathStep[];

// ".name", ".na\.me", "['name']", "[0]", "[*]", "[?(@.type=="Ready")]"
const stepForm =
  /(?:\.(?<member>(?:\\.|[^.[\]\\])+)|\[(?<quote>['"])(?<quoted>(?:\\.|[^\\])*?)\k<quote>\]|\[(?<index>-?\d+)\]|(?<all>\[\*\]|\.\*)|\[\?\((?<filter>.*?)\)\])/y;
// "@.type=="Ready"" or "@.type"
const filterForm = /^\s*@(?<path>[^=!]*?)\s*(?:(?<operator>==|!=)\s*(?<value>.*?))?\s*$/;

/** Parses the simple JSONPath that printer columns may have; `undefined` when it is another. */
export function parseJsonPath(text: string): JsonPathTemplate | undefined {
  const steps: PathStep[] = [];
  const body = text.replace(/^\$/, '');
  let position = 0;
  while (position < body.length) {
    // Filters hold paths of their own, so the expression's state is set anew each time.
    stepForm.lastIndex = position;
    const found = stepForm.exec(body)?.groups;
    position = stepForm.lastIndex;
    if (found === undefined) return undefined;
    const step = toStep(found);
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return steps;
}

function toStep(found: Readonly<Record<string, string | undefined>>): PathStep | undefined {
  if (found['all'] !== undefined || found['member'] === '*') return { kind: 'all' };
  const name = found['member'] ?? found['quoted'];
  if (name !== undefined) return { kind: 'member', name: name.replace(/\\(?<character>.)/g, '$<character>') };
  if (found['index'] !== undefined) return { kind: 'index', index: Number(found['index']) };
  const filter = filterForm.exec(found['filter'] ?? '')?.groups;
  const path = parseJsonPath(filter?.['path'] ?? '');
  if (filter === undefined || path === undefined) return undefined;
  const operator = filter['operator'];
  if (operator === undefined) return { kind: 'filter', path, operator: 'exists', value: null };
  return {
    kind: 'filter',
    path,
    operator: operator === '==' ? '==' : '!=',
    value: parseLiteral(filter['value'] ?? ''),
  };
}

function parseLiteral(text: string): JsonValue {
  const quoted = /^(?<quote>['"])(?<text>.*)\k<quote>$/s.exec(text)?.groups;
  if (quoted !== undefined) return quoted['text'] ?? '';
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}

function take(step: PathStep, value: JsonValue): readonly (JsonValue | undefined)[] {
  switch (step.kind) {
    case 'member':
      return isJsonObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case 'index':
      return Array.isArray(value) ? [value.at(step.index)] : [];
    case 'all':
      return Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
    case 'filter':
      return Array.isArray(value) ? value.filter((item) => passes(step, item)) : [];
  }
}

function passes(step: Extract<PathStep, { kind: 'filter' }>, item: JsonValue): boolean {
  const found = findAll(step.path, item);
  if (step.operator === 'exists') return found.length > 0;
  return (found[0] === step.value) === (step.operator === '==') && found.length > 0;
}

function findAll(template: JsonPathTemplate, value: JsonValue): readonly JsonValue[] {
  let current: readonly JsonValue[] = [value];
  for (const step of template) {
    current = current.flatMap((item) => take(step, item).filter((found) => found !== undefined));
  }
  return current;
}

/** The cell of a printer column: the first value found, in the form of its type; null when there is none. */
export function cellOf(
  template: JsonPathTemplate,
  type: Column['type'],
  object: JsonObject,
  nowMs: number,
): JsonValue {
  const value = findAll(template, object)[0];
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? formatAge(value, nowMs) : null;
  }
}
