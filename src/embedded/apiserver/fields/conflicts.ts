import type { JsonObject } from '../../../base/index.ts';
import { failure, type StatusError } from '../status.ts';
import { type FieldSet, showPaths } from './field-set.ts';
import { identityOf, type ManagerEntry } from './managers.ts';

/** Fields that an applier wants to change and another manager holds. */
export interface Conflict {
  readonly holder: ManagerEntry;
  readonly fields: FieldSet;
}

/** The 409 Status for an apply that would take fields from others. */
export function applyConflict(conflicts: readonly Conflict[]): StatusError {
  const holders = conflicts
    .map(({ holder, fields }) => ({
      identity: identityOf(holder),
      shown: showHolder(holder),
      paths: showPaths(fields),
    }))
    .sort((a, b) => (a.identity < b.identity ? -1 : 1));
  const causes: JsonObject[] = holders.flatMap(({ shown, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${shown}`, field })),
  );
  return failure(409, 'Conflict', toMessage(holders, causes.length), { details: { causes } });
}

function toMessage(
  holders: readonly { readonly shown: string; readonly paths: readonly string[] }[],
  count: number,
): string {
  const [first] = holders;
  if (count === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${first.shown}: ${first.paths[0] ?? ''}`;
  }
  const lines = holders.flatMap(({ shown, paths }) => [
    `conflicts with ${shown}:`,
    ...paths.map((path) => `- ${path}`),
  ]);
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`;
}

function showHolder({ manager, operation, apiVersion, subresource }: ManagerEntry): string {
  const name = JSON.stringify(manager);
  const place = subresource === '' ? name : `${name} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Update' ? `${place} using ${apiVersion}` : place;
}
