import type { KubeObject, ResourceType } from '../../api/meta/index.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { stringifyYaml } from '../../base/yaml/index.ts';
import type { CommandDeps } from '../deps.ts';
import { cliErrors } from '../errors.ts';
import { resolveNamespace } from '../namespace.ts';
import { writeHint } from '../render/hint.ts';
import { renderTable, type TableContent } from '../render/table.ts';

/** The forms in which lists are given out. */
export const listFormats = ['table', 'wide', 'json', 'yaml'] as const;

/** A form in which lists are given out. */
export type ListFormat = (typeof listFormats)[number];

/** What every "get" command is asked. */
export interface ListRequest {
  readonly namespace: string | undefined;
  readonly allNamespaces: boolean;
  readonly format: ListFormat;
}

/** One kind of list. */
export interface Listing<T extends KubeObject> {
  readonly type: ResourceType<T>;
  /** As kubectl calls it, e.g. "stages". */
  readonly resource: string;
  /** What is said when there is none, e.g. "no Freight". */
  readonly nothing: string;
  /** The rows for people; may read further objects of the namespace. */
  toTable(objects: readonly T[], place: ListPlace): Promise<TableContent>;
}

/** Where and how a list is shown. */
export interface ListPlace {
  /** `undefined` for all namespaces. */
  readonly namespace: string | undefined;
  readonly isWide: boolean;
  readonly nowMs: number;
}

/** Reads the form from the command line. Errors: cli.usage. */
export function parseListFormat(text: string | undefined): ListFormat {
  const format = listFormats.find((known) => known === (text ?? 'table'));
  if (format !== undefined) return format;
  throw cliErrors.create('cli.usage', `-o "${text}" is not known`, {
    hint: `Use one of ${listFormats.slice(1).join(', ')}`,
  });
}

/** Lists objects in the form asked for, and the kubectl command that does the same. */
export async function runList<T extends KubeObject>(
  listing: Listing<T>,
  request: ListRequest,
  deps: CommandDeps,
): Promise<void> {
  const { cluster, output, notes, signal } = deps;
  const namespace = request.allNamespaces
    ? undefined
    : await resolveNamespace(cluster, request.namespace, signal);
  const selection = namespace === undefined ? {} : { namespace };
  const objects = await cluster.reader.listLive(listing.type, selection, signal);
  if (request.format === 'json' || request.format === 'yaml') {
    output.write(formatObjects(objects.map(toJson), request.format));
  } else if (objects.length === 0) {
    const where = namespace === undefined ? 'in any namespace' : `in namespace "${namespace}"`;
    notes.write(`There is ${listing.nothing} ${where}.\n`);
  } else {
    const isWide = request.format === 'wide';
    const table = await listing.toTable(objects, { namespace, isWide, nowMs: deps.clock.nowMs() });
    output.write(renderTable(table, output));
  }
  writeHint(notes, kubectlForm(listing.resource, namespace, request.format));
}

function kubectlForm(resource: string, namespace: string | undefined, format: ListFormat): string {
  const where = namespace === undefined ? '-A' : `-n ${namespace}`;
  return `kubectl get ${resource} ${where}${format === 'table' ? '' : ` -o ${format}`}`;
}

function formatObjects(items: readonly JsonObject[], format: 'json' | 'yaml'): string {
  const list: JsonObject = { apiVersion: 'v1', kind: 'List', items };
  return format === 'json' ? `${JSON.stringify(list, undefined, 2)}\n` : stringifyYaml(list);
}

/** An API object as plain JSON; this is the parse step, the objects come from JSON. */
function toJson(object: KubeObject): JsonObject {
  const json: JsonValue = JSON.parse(JSON.stringify(object));
  return isJsonObject(json) ? json : {};
}
