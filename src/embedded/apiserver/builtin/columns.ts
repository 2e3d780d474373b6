import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { listAt, objectAt, textAt, valueAt } from '../json-path.ts';
import type { Column } from '../resource.ts';
import { formatAge } from '../table/age.ts';

/** A column from a name and a function. */
export function column(
  name: string,
  cell: (object: JsonObject, nowMs: number) => JsonValue,
  more: Partial<Column> = {},
): Column {
  return { name, type: 'string', format: '', description: '', priority: 0, cell, ...more };
}

/** The first column of every table. */
export const nameColumn: Column = column('Name', (object) => textAt(object, 'metadata', 'name') ?? '', {
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically.',
});

/** The time since creation, as "5m" or "3d". */
export const ageColumn: Column = column('Age', (object, nowMs) =>
  formatAge(textAt(object, 'metadata', 'creationTimestamp'), nowMs),
);

const createdColumn: Column = column(
  'Created At',
  (object) => textAt(object, 'metadata', 'creationTimestamp') ?? '<unknown>',
  { type: 'date' },
);

const count = (object: JsonObject, ...path: string[]): number => {
  const found = valueAt(object, ...path);
  return Array.isArray(found) ? found.length : Object.keys(objectAt(object, ...path)).length;
};

const eventTime = (object: JsonObject, field: string): string | undefined =>
  textAt(object, field) ?? textAt(object, 'eventTime');

function involved(object: JsonObject): string {
  const reference = objectAt(object, 'involvedObject');
  return `${String(reference['kind'] ?? '').toLowerCase()}/${String(reference['name'] ?? '')}`;
}

/** Columns between name and age, by kind. Kinds that are not listed show these two alone. */
export const builtinColumns: Readonly<Record<string, readonly Column[]>> = {
  Namespace: [nameColumn, column('Status', (o) => textAt(o, 'status', 'phase') ?? ''), ageColumn],
  ConfigMap: [nameColumn, column('Data', (o) => count(o, 'data') + count(o, 'binaryData')), ageColumn],
  Secret: [
    nameColumn,
    column('Type', (o) => textAt(o, 'type') ?? ''),
    column('Data', (o) => count(o, 'data')),
    ageColumn,
  ],
  ServiceAccount: [nameColumn, column('Secrets', (o) => count(o, 'secrets')), ageColumn],
  Event: [
    column('Last Seen', (o, nowMs) => formatAge(eventTime(o, 'lastTimestamp'), nowMs)),
    column('Type', (o) => textAt(o, 'type') ?? ''),
    column('Reason', (o) => textAt(o, 'reason') ?? ''),
    column('Object', involved),
    column('Subobject', (o) => textAt(o, 'involvedObject', 'fieldPath') ?? '', { priority: 1 }),
    column('Source', (o) => textAt(o, 'source', 'component') ?? '', { priority: 1 }),
    column('Message', (o) => (textAt(o, 'message') ?? '').trim()),
    column('First Seen', (o, nowMs) => formatAge(eventTime(o, 'firstTimestamp'), nowMs), { priority: 1 }),
    column('Count', (o) => valueAt(o, 'count') ?? 1, { priority: 1, type: 'integer' }),
    column('Name', (o) => textAt(o, 'metadata', 'name') ?? '', { priority: 1, format: 'name' }),
  ],
  Lease: [nameColumn, column('Holder', (o) => textAt(o, 'spec', 'holderIdentity') ?? ''), ageColumn],
  Role: [nameColumn, createdColumn],
  ClusterRole: [nameColumn, createdColumn],
  RoleBinding: bindingColumns(),
  ClusterRoleBinding: bindingColumns(),
  CustomResourceDefinition: [nameColumn, createdColumn],
  MutatingWebhookConfiguration: [nameColumn, column('Webhooks', (o) => count(o, 'webhooks')), ageColumn],
  ValidatingWebhookConfiguration: [nameColumn, column('Webhooks', (o) => count(o, 'webhooks')), ageColumn],
  Pod: [
    nameColumn,
    column('Ready', (o) => `0/${count(o, 'spec', 'containers')}`),
    column('Status', (o) => textAt(o, 'status', 'phase') ?? 'Pending'),
    column('Restarts', () => '0'),
    ageColumn,
    ...['IP', 'Node', 'Nominated Node', 'Readiness Gates'].map((name) =>
      column(name, () => '<none>', { priority: 1 }),
    ),
  ],
  Job: [
    nameColumn,
    column('Status', jobState),
    column(
      'Completions',
      (o) => `${valueAt(o, 'status', 'succeeded') ?? 0}/${valueAt(o, 'spec', 'completions') ?? 1}`,
    ),
    column('Duration', jobDuration),
    ageColumn,
    column('Containers', (o) => inTemplate(o, 'name'), { priority: 1 }),
    column('Images', (o) => inTemplate(o, 'image'), { priority: 1 }),
    column('Selector', jobSelector, { priority: 1 }),
  ],
};

function jobState(job: JsonObject): string {
  const isTrue = (type: string): boolean =>
    listAt(job, 'status', 'conditions').some(
      (condition) => textAt(condition, 'type') === type && textAt(condition, 'status') === 'True',
    );
  if (isTrue('Complete')) return 'Complete';
  if (isTrue('Failed')) return 'Failed';
  if (textAt(job, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating';
  return isTrue('Suspended') ? 'Suspended' : 'Running';
}

function jobDuration(job: JsonObject, nowMs: number): string {
  const start = textAt(job, 'status', 'startTime');
  const end = Date.parse(textAt(job, 'status', 'completionTime') ?? '');
  return start === undefined ? '' : formatAge(start, Number.isNaN(end) ? nowMs : end);
}

function inTemplate(job: JsonObject, member: string): string {
  return listAt(job, 'spec', 'template', 'spec', 'containers')
    .map((container) => textAt(container, member) ?? '')
    .join(',');
}

function jobSelector(job: JsonObject): string {
  return Object.entries(objectAt(job, 'spec', 'selector', 'matchLabels'))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(',');
}

function bindingColumns(): readonly Column[] {
  const subjects = (object: JsonObject, kind: string): string =>
    listAt(object, 'subjects')
      .filter((item) => textAt(item, 'kind') === kind)
      .map((item) => {
        const namespace = kind === 'ServiceAccount' ? `${textAt(item, 'namespace') ?? ''}/` : '';
        return namespace + (textAt(item, 'name') ?? '');
      })
      .join(', ');
  return [
    nameColumn,
    column('Role', (o) => `${textAt(o, 'roleRef', 'kind') ?? ''}/${textAt(o, 'roleRef', 'name') ?? ''}`),
    ageColumn,
    column('Users', (o) => subjects(o, 'User'), { priority: 1 }),
    column('Groups', (o) => subjects(o, 'Group'), { priority: 1 }),
    column('ServiceAccounts', (o) => subjects(o, 'ServiceAccount'), { priority: 1 }),
  ];
}
