import { equalJson, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { namespaceOf, textAt } from '../json-path.ts';
import type { Resource } from '../resource.ts';
import type { FieldProblem } from '../status.ts';

/** What every Event of the core group has. */
export const emptyEvent: JsonObject = {
  involvedObject: {},
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
};

/** Pairs of member names: core/v1 and events.k8s.io/v1. */
const names: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];

function renamed(object: JsonObject, from: 0 | 1, apiVersion: string): JsonObject {
  const targets = new Map(names.map((pair) => [pair[from], pair[from === 0 ? 1 : 0]]));
  const result: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(object)) {
    if (value !== undefined) result[targets.get(name) ?? name] = value;
  }
  return { ...result, apiVersion };
}

/** Events of events.k8s.io/v1 are the stored core events under other member names; empty reporters are left out. */
export const eventsView = {
  read: (stored: JsonObject): JsonObject => {
    const { reportingController, reportingInstance, ...rest } = renamed(stored, 0, 'events.k8s.io/v1');
    return {
      ...rest,
      ...(reportingController === '' ? {} : { reportingController }),
      ...(reportingInstance === '' ? {} : { reportingInstance }),
    };
  },
  write: (given: JsonObject): JsonObject =>
    renamed({ reportingController: '', reportingInstance: '', ...given }, 1, 'v1'),
};

const required = (field: string): FieldProblem => ({
  field,
  reason: 'FieldValueRequired',
  message: 'Required value',
});
const isEmpty = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || value === '' || value === 0;

/** Events of this group say when, who and what, and nothing of the older members; they never change but in series. */
export const validateEvent: NonNullable<Resource['validate']> = (object, old) => {
  const core = eventsView.write(object);
  return old === undefined ? newEventProblems(core) : changedEventProblems(core, eventsView.write(old));
};

function newEventProblems(event: JsonObject): FieldProblem[] {
  if (isEmpty(event['eventTime'])) return [required('eventTime')];
  const problems = ['reportingController', 'reportingInstance', 'action', 'reason']
    .filter((member) => isEmpty(event[member === 'reportingController' ? 'reportingComponent' : member]))
    .map(required);
  const type = textAt(event, 'type') ?? '';
  if (type !== 'Normal' && type !== 'Warning') {
    const message = `Invalid value: "": has invalid value: ${type}`;
    problems.push({ field: 'type', reason: 'FieldValueInvalid', message });
  }
  for (const member of ['firstTimestamp', 'lastTimestamp', 'count']) {
    if (isEmpty(event[member])) continue;
    const message = 'Invalid value: "": needs to be unset';
    problems.push({ field: member, reason: 'FieldValueInvalid', message });
  }
  const place = textAt(event, 'involvedObject', 'namespace') ?? '';
  const namespace = namespaceOf(event) ?? '';
  if (place === namespace || (place === '' && namespace === 'default')) return problems;
  const message = `Invalid value: "${place}": does not match event.namespace`;
  return [...problems, { field: 'involvedObject.namespace', reason: 'FieldValueInvalid', message }];
}

const frozen = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
];

function changedEventProblems(event: JsonObject, old: JsonObject): FieldProblem[] {
  return frozen
    .filter((member) => !equalJson(event[member] ?? null, old[member] ?? null))
    .map((field) => ({
      field,
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(event[field] ?? null)}: field is immutable`,
    }));
}
