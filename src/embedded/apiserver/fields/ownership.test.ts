import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { listAt, objectAt, textAt, withMeta } from '../json-path.ts';
import { StatusError } from '../status.ts';
import { fieldSetOf } from './field-set.ts';
import { applyConfiguration, type FieldWrite, trackUpdate } from './ownership.ts';
import { objectShape } from './shape.ts';

/** What a genuine server's field manager (Kubernetes 1.34) makes of these writes, one after the other. */
interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

interface Step {
  readonly op: 'apply' | 'update';
  readonly manager: string;
  readonly subresource?: string;
  readonly force?: boolean;
  readonly object: JsonObject;
  /** The object after the write; "T" stands for the time of an entry. */
  readonly live?: JsonObject;
  /** How the write is refused. */
  readonly refused?: { readonly code: number; readonly message: string; readonly causes?: readonly string[] };
}

const file = new URL('../../../../test/fixtures/field-ownership.jsonl', import.meta.url);
const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
const { schema } = JSON.parse(head ?? '{}') as { schema: JsonObject };
const scenarios = lines.map((line) => JSON.parse(line) as Scenario);
const shape = objectShape(schema);

function writeOf({ manager, subresource }: Step): FieldWrite {
  return {
    shape,
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    manager,
    subresource,
    resets: fieldSetOf([subresource === 'status' ? 'spec' : 'status']),
    now: '2020-01-01T00:00:00Z',
    empty: {},
    versionState: () => 'same-shape',
  };
}

function play(step: Step, live: JsonObject | undefined): JsonObject | StatusError {
  const uid = live === undefined ? {} : { uid: 'u' };
  try {
    return step.op === 'apply'
      ? applyConfiguration(writeOf(step), { live, patch: step.object, force: step.force === true })
      : trackUpdate(writeOf(step), live, withMeta(step.object, uid));
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
}

function showRefusal({ body }: StatusError): NonNullable<Step['refused']> {
  const causes = listAt(body, 'details', 'causes').map((cause) =>
    [textAt(cause, 'reason'), textAt(cause, 'message'), textAt(cause, 'field')].join('|'),
  );
  const { code, message } = body as { code: number; message: string };
  return { code, message, ...(causes.length === 0 ? {} : { causes: causes.sort() }) };
}

const timeless = (entry: JsonValue): JsonObject => {
  const given = objectAt(entry);
  return given['time'] === undefined ? given : { ...given, time: 'T' };
};

describe('field ownership', () => {
  test.each(scenarios)('$name', ({ steps }) => {
    let live: JsonObject | undefined;
    for (const step of steps) {
      const result = play(step, live);
      if (result instanceof StatusError) {
        expect(showRefusal(result)).toEqual(step.refused);
        continue;
      }
      live = withMeta(result, { uid: 'u' });
      const entries = objectAt(live, 'metadata')['managedFields'];
      const managedFields =
        entries === undefined ? undefined : listAt(live, 'metadata', 'managedFields').map(timeless);
      expect(withMeta(live, { managedFields })).toEqual(step.live);
    }
  });
});

const parts = (keys: JsonObject): JsonObject => ({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        parts: {
          type: 'array',
          ...keys,
          items: { type: 'object', properties: { name: { type: 'string' } } },
        },
      },
    },
  },
});

test('a list that has become atomic is owned whole by those who held its items', () => {
  const list = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };
  const object = {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 'n' },
    spec: { parts: [{ name: 'p' }] },
  };
  const step: Step = { op: 'apply', manager: 'one', object };
  const before = { ...writeOf(step), shape: objectShape(parts(list)) };
  const after = { ...writeOf(step), manager: 'two', shape: objectShape(parts({})) };
  const live = withMeta(applyConfiguration(before, { live: undefined, patch: object, force: false }), {
    uid: 'u',
  });
  const patch = { ...object, spec: { parts: [{ name: 'q' }] } };
  expect(() => applyConfiguration(after, { live, patch, force: false })).toThrow(
    'Apply failed with 1 conflict: conflict with "one": .spec.parts',
  );
});

test('fields of a version that is no longer served are forgotten', () => {
  const object = {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 'n' },
    spec: { text: 'a' },
  };
  const step: Step = { op: 'apply', manager: 'one', object };
  const live = withMeta(applyConfiguration(writeOf(step), { live: undefined, patch: object, force: false }), {
    uid: 'u',
  });
  const write: FieldWrite = { ...writeOf(step), manager: 'two', versionState: () => 'gone' };
  const patch = { ...object, spec: { text: 'b' } };
  const result = applyConfiguration(write, { live, patch, force: false });
  expect(listAt(result, 'metadata', 'managedFields').map((entry) => textAt(entry, 'manager'))).toEqual([
    'two',
  ]);
});
