import type { JsonObject, JsonValue } from '../../../base/index.ts';

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

/** Events of events.k8s.io/v1 are the stored core events under other member names. */
export const eventsView = {
  read: (stored: JsonObject): JsonObject => renamed(stored, 0, 'events.k8s.io/v1'),
  write: (given: JsonObject): JsonObject => renamed(given, 1, 'v1'),
};
