import type { JsonObject } from '../../base/index.ts';
import { objectAt } from './json-path.ts';
import { badRequest } from './status.ts';

/** Is an object wanted? */
export type Matcher = (labels: JsonObject) => boolean;

interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent' | 'gt' | 'lt';
  readonly values: readonly string[];
}

// "key in (a, b)" or "key notin (a)"
const setForm = /^(?<key>\S+)\s+(?<operator>in|notin)\s*\((?<values>[^()]*)\)$/;
// "key=a", "key==a", "key!=a", "key>1", "key<1"
const comparison = /^(?<key>[^\s=!<>()]+)\s*(?<operator>==|=|!=|>|<)\s*(?<value>[^\s=!<>()]*)$/;
// "key" or "!key"
const existence = /^(?<not>!?)\s*(?<key>[^\s=!<>(),]+)$/;
const labelKey = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Splits at commas outside parentheses. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) {
      terms.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  terms.push(text.slice(start).trim());
  return terms;
}

function parseRequirement(term: string): Requirement | undefined {
  const set = setForm.exec(term)?.groups;
  if (set !== undefined) {
    const operator = set['operator'] === 'in' ? 'in' : 'notin';
    return { key: set['key'] ?? '', operator, values: (set['values'] ?? '').split(',').map((v) => v.trim()) };
  }
  const compared = comparison.exec(term)?.groups;
  if (compared !== undefined) {
    const operators = { '=': 'in', '==': 'in', '!=': 'notin', '>': 'gt', '<': 'lt' } as const;
    const operator = operators[(compared['operator'] ?? '=') as keyof typeof operators];
    return { key: compared['key'] ?? '', operator, values: [compared['value'] ?? ''] };
  }
  const exists = existence.exec(term)?.groups;
  if (exists === undefined) return undefined;
  return { key: exists['key'] ?? '', operator: exists['not'] === '!' ? 'absent' : 'exists', values: [] };
}

function isValid(requirement: Requirement): boolean {
  if (!labelKey.test(requirement.key)) return false;
  if (requirement.operator === 'gt' || requirement.operator === 'lt') {
    return requirement.values.every((value) => /^-?\d+$/.test(value));
  }
  return requirement.values.every((value) => labelValue.test(value));
}

function meets(requirement: Requirement, value: unknown): boolean {
  const has = typeof value === 'string';
  switch (requirement.operator) {
    case 'exists':
      return has;
    case 'absent':
      return !has;
    case 'in':
      return has && requirement.values.includes(value);
    case 'notin':
      return !has || !requirement.values.includes(value);
    case 'gt':
      return has && /^-?\d+$/.test(value) && Number(value) > Number(requirement.values[0]);
    case 'lt':
      return has && /^-?\d+$/.test(value) && Number(value) < Number(requirement.values[0]);
  }
}

/** A matcher for a label selector in text form; a wrong one is a 400 Status. */
export function parseLabelSelector(text: string): Matcher {
  if (text.trim() === '') return () => true;
  const requirements = splitTerms(text).map((term) => {
    const requirement = parseRequirement(term);
    const [bound = ''] = requirement?.values ?? [];
    const isCompared = requirement?.operator === 'gt' || requirement?.operator === 'lt';
    if (isCompared && !/^-?\d+$/.test(bound)) {
      const why = "for 'Gt', 'Lt' operators, the value must be an integer";
      throw badRequest(
        `unable to parse requirement: values[0]: Invalid value: ${JSON.stringify(bound)}: ${why}`,
      );
    }
    if (requirement === undefined || !isValid(requirement)) {
      throw badRequest(`unable to parse requirement: found '${term}', expected: a label selector`);
    }
    return requirement;
  });
  return (labels) => requirements.every((requirement) => meets(requirement, labels[requirement.key]));
}

/** A matcher for a label selector as an object (`matchLabels`, `matchExpressions`), as webhooks have it. */
export function matchLabelSelector(selector: JsonObject | undefined, labels: JsonObject): boolean {
  if (selector === undefined) return true;
  for (const [key, value] of Object.entries(objectAt(selector, 'matchLabels'))) {
    if (labels[key] !== value) return false;
  }
  const expressions = selector['matchExpressions'];
  if (!Array.isArray(expressions)) return true;
  const operators: Readonly<Record<string, Requirement['operator']>> = {
    In: 'in',
    NotIn: 'notin',
    Exists: 'exists',
    DoesNotExist: 'absent',
  };
  return expressions.every((expression: JsonObject) => {
    const operator = operators[String(expression['operator'])];
    if (operator === undefined) return false;
    const values = Array.isArray(expression['values']) ? expression['values'].map(String) : [];
    return meets({ key: String(expression['key']), operator, values }, labels[String(expression['key'])]);
  });
}

/** One term of a field selector. */
export interface FieldTerm {
  readonly field: string;
  readonly negated: boolean;
  readonly value: string;
}

/** The terms of a field selector; a wrong one is a 400 Status. */
export function parseFieldSelector(text: string): readonly FieldTerm[] {
  if (text === '') return [];
  return text
    .split(/(?<!\\),/)
    .filter((term) => term !== '')
    .map((term) => {
      const parts = /^(?<field>[^=!]+)(?<operator>!=|==|=)(?<value>.*)$/s.exec(term)?.groups;
      if (parts === undefined) {
        throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      }
      const value = unescapeFieldValue(parts['value'] ?? '');
      return { field: parts['field'] ?? '', negated: parts['operator'] === '!=', value };
    });
}

function unescapeFieldValue(text: string): string {
  const wrong = /\\(?![\\,=])(?<escaped>.?)/s.exec(text.replace(/\\[\\,=]/g, ''))?.groups;
  if (wrong !== undefined)
    throw badRequest(`invalid field selector: invalid escape sequence: \\${wrong['escaped'] ?? ''}`);
  const unescaped = /[=,]/.exec(text.replace(/\\./gs, ''))?.[0];
  if (unescaped !== undefined)
    throw badRequest(`invalid field selector: unescaped character in value: ${unescaped.charCodeAt(0)}`);
  return text.replace(/\\(?<escaped>[\\,=])/g, '$<escaped>');
}
