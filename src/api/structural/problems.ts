/** Why a field is refused, as the causes of a Kubernetes status name it. */
export type FieldReason =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany';

/**
 * One refused field.
 *
 * Shape: `field` reads "spec.steps[0].uses"; `message` has no field in front of it, e.g. "Required value".
 */
export interface FieldProblem {
  readonly field: string;
  readonly reason: FieldReason;
  readonly message: string;
}

const titles: Readonly<Record<FieldReason, string>> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
};

/** Values longer than this are cut in messages, in characters; the object is at hand for who needs the rest. */
const maxValueLength = 1000;

/** A problem worded as kube-apiserver words it: title, the value if given, the detail if any. */
export function problem(field: string, reason: FieldReason, detail: string, value?: unknown): FieldProblem {
  const parts = [titles[reason]];
  if (value !== undefined) parts.push(showValue(value));
  if (detail !== '') parts.push(detail);
  return { field, reason, message: parts.join(': ') };
}

/** A value as messages show it. */
export function showValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= maxValueLength ? text : `${text.slice(0, maxValueLength)}…`;
}

/** The path of a member; a root has the empty path. */
export function memberPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`;
}

/**
 * The message of the status that refuses an object: all problems in one line.
 *
 * Shape: `Stage.kargo.akuity.io "dev" is invalid: spec.requestedFreight: Required value`, a list in brackets for
 * several.
 */
export function formatInvalid(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  problems: readonly FieldProblem[],
): string {
  const title = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const lines = problems.map((item) => `${item.field === '' ? '<nil>' : item.field}: ${item.message}`);
  const all = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  return `${title} "${name}" is invalid: ${all}`;
}
