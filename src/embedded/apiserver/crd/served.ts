import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { ageColumn, nameColumn } from '../builtin/columns.ts';
import { listAt, nameOf, objectAt, textAt, textsAt, valueAt } from '../json-path.ts';
import type { Column, Resource } from '../resource.ts';
import { cellOf, parseJsonPath } from '../table/json-path-template.ts';
import { isEstablished } from './names.ts';

/** The resources that a CustomResourceDefinition serves: one per served version, the stored version first. */
export function toResources(definition: JsonObject): readonly Resource[] {
  if (!isEstablished(definition)) return [];
  const versions = listAt(definition, 'spec', 'versions').filter(
    (version) => valueAt(version, 'served') === true,
  );
  return versions
    .map((version) => toResource(definition, version))
    .sort((a, b) => Number(b.stored) - Number(a.stored))
    .map(({ resource }) => resource);
}

/** In the order in which a genuine server lists them for custom resources. */
const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

function toResource(
  definition: JsonObject,
  version: JsonValue,
): { readonly stored: boolean; readonly resource: Resource } {
  const names = objectAt(definition, 'status', 'acceptedNames');
  const kind = textAt(names, 'kind') ?? '';
  const isGoing = textAt(definition, 'metadata', 'deletionTimestamp') !== undefined;
  const resource: Resource = {
    group: textAt(definition, 'spec', 'group') ?? '',
    version: textAt(version, 'name') ?? '',
    kind,
    listKind: textAt(names, 'listKind') ?? `${kind}List`,
    plural: textAt(names, 'plural') ?? '',
    singular: textAt(names, 'singular') ?? kind.toLowerCase(),
    shortNames: textsAt(names, 'shortNames'),
    categories: textsAt(names, 'categories'),
    namespaced: textAt(definition, 'spec', 'scope') === 'Namespaced',
    storage: nameOf(definition),
    // A definition that is being deleted takes nothing new in.
    verbs: isGoing ? verbs.filter((verb) => verb !== 'create') : verbs,
    hasStatus: valueAt(version, 'subresources', 'status') !== undefined,
    custom: true,
    scale: scaleOf(version),
    schema: objectAt(version, 'schema', 'openAPIV3Schema'),
    counted: true,
    unconditionalUpdate: false,
    columns: columnsOf(version),
    selectable: selectableOf(version),
  };
  return { stored: valueAt(version, 'storage') === true, resource };
}

const columnTypes = ['string', 'integer', 'number', 'boolean', 'date'] as const;

function columnsOf(version: JsonValue): readonly Column[] {
  const given = listAt(version, 'additionalPrinterColumns');
  if (given.length === 0) return [nameColumn, ageColumn];
  return [nameColumn, ...given.map(toColumn)];
}

function toColumn(given: JsonValue): Column {
  const type = columnTypes.find((name) => name === textAt(given, 'type')) ?? 'string';
  const path = textAt(given, 'jsonPath') ?? '';
  const template = parseJsonPath(path);
  return {
    name: textAt(given, 'name') ?? '',
    type,
    format: textAt(given, 'format') ?? '',
    description:
      textAt(given, 'description') ?? `Custom resource definition column (in JSONPath format): ${path}`,
    priority: Number(valueAt(given, 'priority') ?? 0),
    cell: (object, nowMs) => (template === undefined ? null : cellOf(template, type, object, nowMs)),
  };
}

function scaleOf(version: JsonValue): Resource['scale'] {
  const scale = valueAt(version, 'subresources', 'scale');
  if (scale === undefined) return undefined;
  const path = (member: string): readonly string[] => (textAt(scale, member) ?? '').split('.').slice(1);
  const selector = path('labelSelectorPath');
  return {
    specReplicas: path('specReplicasPath'),
    statusReplicas: path('statusReplicasPath'),
    ...(selector.length === 0 ? {} : { selector }),
  };
}

function selectableOf(version: JsonValue): Resource['selectable'] {
  const fields: Record<string, readonly string[]> = {};
  for (const field of listAt(version, 'selectableFields')) {
    const path = (textAt(field, 'jsonPath') ?? '').replace(/^\./, '');
    if (path !== '') fields[path] = path.split('.');
  }
  return fields;
}
