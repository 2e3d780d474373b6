import type { JsonObject } from '../../../base/index.ts';
import { nameOf, namespaceOf, objectAt, valueAt } from '../json-path.ts';
import type { Resource } from '../resource.ts';
import { parseFieldSelector, parseLabelSelector } from '../selectors.ts';
import { badRequest } from '../status.ts';

/** What a request wants of a collection. */
export interface Selection {
  readonly isAll: boolean;
  /** Takes stored objects. */
  matches(stored: JsonObject): boolean;
}

/** The selection of a request by its label and field selectors; `name` wants one object alone. */
export function parseSelection(
  resource: Resource,
  query: URLSearchParams,
  name: string | undefined,
): Selection {
  const labelText = query.get('labelSelector') ?? '';
  const fieldText = query.get('fieldSelector') ?? '';
  const matchesLabels = parseLabelSelector(labelText);
  const terms = parseFieldSelector(fieldText).map((term) => ({
    ...term,
    read: fieldReader(resource, term.field),
  }));
  return {
    isAll: labelText.trim() === '' && fieldText === '' && name === undefined,
    matches: (stored) =>
      (name === undefined || nameOf(stored) === name) &&
      terms.every((term) => (term.read(stored) === term.value) !== term.negated) &&
      matchesLabels(objectAt(stored, 'metadata', 'labels')),
  };
}

function fieldReader(resource: Resource, field: string): (stored: JsonObject) => string {
  if (field === 'metadata.name') return nameOf;
  if (field === 'metadata.namespace') return (stored) => namespaceOf(stored) ?? '';
  const path = Object.hasOwn(resource.selectable, field) ? resource.selectable[field] : undefined;
  if (path === undefined) throw badRequest(`field label not supported: ${field}`);
  return (stored) => {
    const value = valueAt(stored, ...path);
    return value === undefined || value === null ? '' : String(value);
  };
}
