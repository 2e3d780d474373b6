import type { Document } from 'yaml';
import { assertNever } from '../exhaustive.ts';
import { isSameButFor } from './compare.ts';
import { type YamlErrorCode, yamlErrors } from './errors.ts';
import { parseYamlKey } from './key.ts';
import { findScalar, type ScalarTarget } from './locate.ts';
import { firstDocument } from './parse.ts';
import { formatScalar, type YamlScalarValue } from './scalar.ts';

/** One value to set; `key` is in Kargo's syntax, see `parseYamlKey`. */
export interface YamlUpdate {
  readonly key: string;
  readonly value: YamlScalarValue;
}

/** Why an update, or with an empty `key` the whole text, could not be edited. */
export interface YamlProblem {
  readonly key: string;
  readonly code: YamlErrorCode;
  readonly message: string;
}

/** The edited text; when there are problems it is the text as it was. */
export interface YamlEdit {
  readonly text: string;
  readonly problems: readonly YamlProblem[];
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Sets scalars that exist in the first document of a text; all other bytes stay as they are, comments, quotes, anchors,
 * line ends and further documents included.
 *
 * Guarantees: all updates or none; of two updates of one key the later one counts; the result has been parsed again and
 * differs from the old document in these scalars only; strings and numbers read back as what they are (`formatScalar`).
 * Limits: about 1 MB/s; aliases are refused, also on the way to the value.
 */
export function setYamlScalars(text: string, updates: readonly YamlUpdate[]): YamlEdit {
  const document = firstDocument(text);
  if (typeof document === 'string') return failed(text, '', 'yaml.invalid', document);
  const problems: YamlProblem[] = [];
  const wanted = new Map<ScalarTarget['node'], { target: ScalarTarget; update: YamlUpdate }>();
  for (const update of updates) {
    const target = locate(document, update);
    if ('code' in target) problems.push(target);
    else wanted.set(target.node, { target, update });
  }
  const splices: Splice[] = [];
  for (const { target, update } of wanted.values()) {
    const splice = toSplice(text, target, update);
    if ('code' in splice) problems.push(splice);
    else splices.push(splice);
  }
  if (problems.length > 0) return { text, problems };
  const edited = applySplices(text, splices);
  const values = new Map([...wanted].map(([node, { update }]) => [node, update.value]));
  const again = firstDocument(edited);
  if (typeof again === 'string' || !isSameButFor(document, again, values)) {
    const keys = updates.map((update) => update.key).join(', ');
    return failed(text, keys, 'yaml.edit-failed', `setting ${keys} would change more than these values`);
  }
  return { text: edited, problems };
}

/** Like `setYamlScalars`, but raises the first problem as an error. */
export function setYamlScalarsOrThrow(text: string, updates: readonly YamlUpdate[]): string {
  const edit = setYamlScalars(text, updates);
  const problem = edit.problems[0];
  if (problem !== undefined) {
    throw yamlErrors.create(problem.code, problem.message, { data: { key: problem.key } });
  }
  return edit.text;
}

function failed(text: string, key: string, code: YamlErrorCode, message: string): YamlEdit {
  return { text, problems: [{ key, code, message }] };
}

function locate(document: Document.Parsed, update: YamlUpdate): ScalarTarget | YamlProblem {
  const { key } = update;
  const parts = parseYamlKey(key);
  if (typeof parts === 'string') return { key, code: 'yaml.invalid-key', message: parts };
  const found = findScalar(document, parts);
  switch (found.kind) {
    case 'scalar':
      return found.target;
    case 'missing':
      return { key, code: 'yaml.key-not-found', message: `key ${quote(key)} is not in the document` };
    case 'collection':
      return { key, code: 'yaml.not-scalar', message: `key ${quote(key)} leads to a ${found.what}` };
    case 'alias':
      return {
        key,
        code: 'yaml.alias',
        message: `key ${quote(key)} leads to the alias "*${found.name}", whose value stands elsewhere`,
      };
    default:
      return assertNever(found);
  }
}

function toSplice(text: string, target: ScalarTarget, update: YamlUpdate): Splice | YamlProblem {
  const { value, key } = update;
  const written = isScalarValue(value) ? formatScalar(value, target) : undefined;
  if (written === undefined) {
    const what = typeof value === 'number' ? String(value) : typeof value;
    return {
      key,
      code: 'yaml.unsupported-value',
      message: `the value of ${quote(key)} (${what}) cannot be written`,
    };
  }
  const keepsTag =
    target.tag === undefined || (target.isStringTag ? typeof value === 'string' : !target.isStandardTag);
  const start = keepsTag ? target.start : (target.tag?.start ?? target.start);
  const kept = keepsTag ? '' : text.slice(target.tag?.end ?? start, target.start).trimStart();
  return { start, end: target.end, text: kept + target.before + written + target.after };
}

/** Values come from manifests, so the type is a promise that somebody may break. */
function isScalarValue(value: unknown): value is YamlScalarValue {
  return value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

function applySplices(text: string, splices: readonly Splice[]): string {
  let result = text;
  for (const splice of splices.toSorted((a, b) => b.start - a.start)) {
    result = result.slice(0, splice.start) + splice.text + result.slice(splice.end);
  }
  return result;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
