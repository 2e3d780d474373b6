import type { Cause, Denial, Validated } from './types.ts';

/** Which object an answer is about. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
}

/** The answer "yes", with what is to be said and done besides. */
export function allow(extra: Partial<Omit<Validated & { kind: 'allowed' }, 'kind'>> = {}): Validated {
  return { kind: 'allowed', warnings: [], effects: [], events: [], ...extra };
}

/** The answer "no". */
export function deny(denial: Denial): { readonly kind: 'denied'; readonly denial: Denial } {
  return { kind: 'denied', denial };
}

/** The answer "no" for what is wrong with fields; it reads as the API server's own. */
export function invalid(
  subject: Subject,
  causes: readonly Cause[],
): { readonly kind: 'denied'; readonly denial: Denial } {
  const list = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = list.length === 1 ? list.join() : `[${list.join(', ')}]`;
  const message = `${subject.kind}.kargo.akuity.io "${subject.name}" is invalid: ${text}`;
  return deny({ code: 422, reason: 'Invalid', message, causes });
}

/** A field with a wrong value. */
export function wrongValue(field: string, value: unknown, problem: string): Cause {
  return {
    field,
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(value)}: ${problem}`,
  };
}

/** A field whose value stands somewhere else already. */
export function duplicate(field: string, value: unknown, problem: string): Cause {
  const message = `Duplicate value: ${JSON.stringify(value)}: ${problem}`;
  return { field, reason: 'FieldValueDuplicate', message };
}

/** A field that must not be there. */
export function forbidden(field: string, problem: string): Cause {
  return { field, reason: 'FieldValueForbidden', message: `Forbidden: ${problem}` };
}

/** A field that must be there. */
export function required(field: string, problem: string): Cause {
  return { field, reason: 'FieldValueRequired', message: `Required value: ${problem}` };
}
