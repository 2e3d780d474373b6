import type { JsonObject, JsonValue } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import type { Form } from '../http/accept.ts';
import { textAt } from '../json-path.ts';
import { encode, present } from '../present.ts';
import type { Resource } from '../resource.ts';
import { badRequest } from '../status.ts';

/** How a request wants its objects shown. */
export interface Display {
  readonly form: Form;
  /** What a table row carries of its object. */
  readonly includes: 'None' | 'Metadata' | 'Object';
}

/** The display of a request. */
export function toDisplay(form: Form, query: URLSearchParams): Display {
  const given = query.get('includeObject') ?? 'Metadata';
  if (given === 'None' || given === 'Object' || given === 'Metadata' || given === '') {
    return { form, includes: given === '' ? 'Metadata' : given };
  }
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(given)}`);
}

/** One object with its metadata alone. */
export function toPartial(object: JsonObject): JsonObject {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object['metadata'] ?? {},
  };
}

/** A Table of stored objects. */
export function toTable(
  context: ServerContext,
  resource: Resource,
  {
    items,
    metadata,
    display,
    withColumns = true,
  }: {
    readonly items: readonly JsonObject[];
    readonly metadata: JsonObject;
    readonly display: Display;
    readonly withColumns?: boolean;
  },
): JsonObject {
  const nowMs = context.clock.nowMs();
  const columnDefinitions = resource.columns.map(({ name, type, format, description, priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: withColumns ? columnDefinitions : null,
    rows: items.map((item) => {
      const object = rowObject(present(resource, item), display);
      return {
        cells: resource.columns.map((column) => column.cell(item, nowMs)),
        ...(object === undefined ? {} : { object }),
      };
    }),
  };
}

function rowObject(object: JsonObject, display: Display): JsonValue | undefined {
  if (display.includes === 'None') return undefined;
  return display.includes === 'Object' ? object : toPartial(object);
}

/** The JSON text of one stored object in the form asked for. */
export function showObject(
  context: ServerContext,
  resource: Resource,
  { stored, display }: { readonly stored: JsonObject; readonly display: Display },
): string {
  if (display.form === 'object') return encode(present(resource, stored));
  if (display.form === 'partial') return JSON.stringify(toPartial(present(resource, stored)));
  const metadata = { resourceVersion: textAt(stored, 'metadata', 'resourceVersion') ?? '' };
  return JSON.stringify(toTable(context, resource, { items: [stored], metadata, display }));
}
