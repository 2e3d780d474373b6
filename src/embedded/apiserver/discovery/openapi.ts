import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { type Catalog, listGroups } from '../catalog.ts';
import { objectAt } from '../json-path.ts';
import { patchTypes } from '../patch/patch.ts';
import type { Resource } from '../resource.ts';
import { unknownPath } from '../status.ts';

const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const metaName = `${metaPackage}.ObjectMeta`;
const listOf = (name: string): JsonObject => ({
  type: 'array',
  items: { allOf: [{ $ref: `#/components/schemas/${metaPackage}.${name}` }] },
});
const text = { type: 'string' };
const texts = { type: 'array', items: text };
const textMap = { type: 'object', additionalProperties: text };

const objectMeta: JsonObject = {
  type: 'object',
  description:
    'ObjectMeta is metadata that all persisted resources must have, which includes all objects users must create.',
  properties: {
    name: { ...text, description: 'Name must be unique within a namespace.' },
    generateName: { ...text, description: 'A prefix for a name that the server makes unique.' },
    namespace: { ...text, description: 'The space within which the name must be unique.' },
    labels: { ...textMap, description: 'Map of keys and values to organize and select objects.' },
    annotations: { ...textMap, description: 'Map of keys and values set by tools.' },
    finalizers: { ...texts, description: 'Must be empty before the object is deleted.' },
    ownerReferences: {
      ...listOf('OwnerReference'),
      description: 'Objects depended by this object.',
    },
    uid: { ...text, description: 'Unique in time and space.' },
    resourceVersion: { ...text, description: 'The internal version of this object.' },
    generation: { type: 'integer', format: 'int64', description: 'Counts changes of the desired state.' },
    creationTimestamp: { ...text, format: 'date-time', description: 'When the object was created.' },
    deletionTimestamp: { ...text, format: 'date-time', description: 'When deletion was asked for.' },
    deletionGracePeriodSeconds: { type: 'integer', format: 'int64' },
    managedFields: { ...listOf('ManagedFieldsEntry'), description: 'Which fields were written by whom.' },
    selfLink: text,
  },
};

/** What metadata refer to. */
const metaSchemas: Readonly<Record<string, JsonObject>> = {
  [metaName]: objectMeta,
  [`${metaPackage}.OwnerReference`]: {
    type: 'object',
    required: ['apiVersion', 'kind', 'name', 'uid'],
    properties: {
      apiVersion: text,
      kind: text,
      name: text,
      uid: text,
      controller: { type: 'boolean' },
      blockOwnerDeletion: { type: 'boolean' },
    },
  },
  [`${metaPackage}.ManagedFieldsEntry`]: {
    type: 'object',
    properties: {
      apiVersion: text,
      fieldsType: text,
      fieldsV1: { allOf: [{ $ref: `#/components/schemas/${metaPackage}.FieldsV1` }] },
      manager: text,
      operation: text,
      subresource: text,
      time: { ...text, format: 'date-time' },
    },
  },
  [`${metaPackage}.FieldsV1`]: { type: 'object' },
};

const pathOf = (group: string, version: string): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;

/** `/openapi/v3`: where the document of each group and version is. */
export function listOpenApi(catalog: Catalog): JsonObject {
  const hash = catalog.generation().toString(16).toUpperCase().padStart(16, '0');
  const paths: Record<string, JsonValue> = {};
  for (const { group, versions } of listGroups(catalog.all())) {
    for (const version of versions) {
      const path = pathOf(group, version);
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    }
  }
  return { paths };
}

/** The document of one group and version; `path` as in "apis/kargo.akuity.io/v1alpha1". */
export function showOpenApi(catalog: Catalog, path: string): JsonObject {
  const resources = catalog.all().filter((r) => pathOf(r.group, r.version) === path);
  if (resources.length === 0) throw unknownPath();
  const schemas: Record<string, JsonValue> = { ...metaSchemas };
  const paths: Record<string, JsonValue> = {};
  for (const resource of resources) {
    schemas[schemaName(resource)] = toSchema(resource);
    Object.assign(paths, toPaths(resource));
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.32.0' },
    paths,
    components: { schemas },
  };
}

function schemaName(resource: Resource): string {
  const { group, version, kind } = resource;
  if (group === '') return `io.k8s.api.core.${version}.${kind}`;
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

const kindOf = ({ group, version, kind }: Resource): JsonObject => ({ group, version, kind });

function toSchema(resource: Resource): JsonObject {
  const schema = resource.schema ?? { type: 'object' };
  const standard = (name: string): JsonObject => ({ ...text, ...objectAt(schema, 'properties', name) });
  return {
    ...schema,
    properties: {
      ...objectAt(schema, 'properties'),
      apiVersion: standard('apiVersion'),
      kind: standard('kind'),
      metadata: {
        description: "Standard object's metadata.",
        allOf: [{ $ref: `#/components/schemas/${metaName}` }],
      },
    },
    'x-kubernetes-group-version-kind': [kindOf(resource)],
  };
}

const query = (name: string, type: string, description: string): JsonObject => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
});

const writeParameters = [
  query('dryRun', 'string', 'When present, indicates that modifications should not be persisted.'),
  query('fieldManager', 'string', 'The actor that makes the change.'),
  query('force', 'boolean', 'Force is going to "force" Apply requests: fields held by others are taken.'),
  query('fieldValidation', 'string', 'How unknown fields are taken: Ignore, Warn or Strict.'),
];

function toPaths(resource: Resource): JsonObject {
  const scope = resource.namespaced ? '/namespaces/{namespace}' : '';
  const collection = `/${pathOf(resource.group, resource.version)}${scope}/${resource.plural}`;
  const verbs = resource.verbs;
  const schema = { $ref: `#/components/schemas/${schemaName(resource)}` };
  const answer = { 200: { description: 'OK', content: { 'application/json': { schema } } } };
  const operation = (action: string, more: JsonObject = {}): JsonObject => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kindOf(resource),
    responses: answer,
    ...more,
  });
  const body = (types: readonly string[]): JsonObject => ({
    parameters: writeParameters,
    requestBody: {
      required: true,
      content: Object.fromEntries(types.map((type) => [type, { schema }])),
    },
  });
  const has = (verb: string, operations: JsonObject): JsonObject => (verbs.includes(verb) ? operations : {});
  // kubectl computes a strategic merge patch from its own types as long as it is not named here.
  const patches = patchTypes(resource).filter((type) => !type.includes('strategic'));
  const one: JsonObject = {
    ...has('get', { get: operation('get') }),
    ...has('update', { put: operation('put', body(['*/*'])) }),
    ...has('patch', { patch: operation('patch', body(patches)) }),
    ...has('delete', { delete: operation('delete', { parameters: writeParameters.slice(0, 1) }) }),
  };
  const status = { get: one['get'], put: one['put'], patch: one['patch'] };
  return {
    [collection]: {
      ...has('list', { get: operation('list') }),
      ...has('create', { post: operation('post', body(['*/*'])) }),
    },
    ...(verbs.includes('get') ? { [`${collection}/{name}`]: one } : {}),
    ...(resource.hasStatus ? { [`${collection}/{name}/status`]: status } : {}),
  };
}

/** The media type in which clients up to today ask for OpenAPI v2. */
export const openApiV2Type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/**
 * An OpenAPI v2 document without any definition, in protobuf: `swagger` and `info` alone. kubectl needs one before it takes
 * a manifest of kind List, and passes over kinds that it does not describe.
 */
export function emptyOpenApiV2(): Buffer {
  const field = (number: number, content: Buffer): Buffer =>
    Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content]);
  const info = [field(1, Buffer.from('Kubernetes')), field(2, Buffer.from('v1.32.0'))];
  return Buffer.concat([field(1, Buffer.from('2.0')), field(2, Buffer.concat(info))]);
}
