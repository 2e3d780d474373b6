// The package is CommonJS: outside a bundle Node finds no named exports in it.
import fastJsonPatch from 'fast-json-patch';
import type { JsonObject, JsonValue } from './json.ts';

/** One operation of a JSON patch (RFC 6902) as `createJsonPatch` makes them. */
export interface JsonChange {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: JsonValue;
}

/** The JSON patch (RFC 6902) that turns `before` into `after`; empty when they are equal. */
export function createJsonPatch(before: JsonObject, after: JsonObject): readonly JsonChange[] {
  return fastJsonPatch.compare(before, after).flatMap((operation): readonly JsonChange[] => {
    const { path } = operation;
    if (operation.op === 'remove') return [{ op: 'remove', path }];
    if (operation.op !== 'add' && operation.op !== 'replace') return [];
    return [{ op: operation.op, path, value: operation.value }];
  });
}
