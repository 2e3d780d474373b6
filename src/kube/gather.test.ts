import { expect, test } from 'vitest';
import { createFakeCluster } from '../../test/support/fake-cluster.ts';
import { fc } from '../../test/support/properties.ts';
import { type Freight, freights, kargoApiVersion } from '../api/v1alpha1/index.ts';
import type { JsonObject } from '../base/index.ts';
import type { KubeWriter } from '../ports/index.ts';
import { kubeErrors } from './errors.ts';
import { gatherPatches } from './gather.ts';

const key = { namespace: 'demo', name: 'f1' };
const status = { subresource: 'status' } as const;
const { signal } = new AbortController();

function setUp() {
  const cluster = createFakeCluster();
  cluster.put<Freight>(freights, {
    apiVersion: kargoApiVersion,
    kind: 'Freight',
    metadata: key,
    origin: { kind: 'Warehouse', name: 'main' },
    discoveredAt: '2026-01-01T00:00:00Z',
  });
  const sent: JsonObject[] = [];
  const slow: KubeWriter = {
    ...cluster.someone,
    async mergePatch(type, name, patch, options, until) {
      sent.push(patch);
      await new Promise((resolve) => setImmediate(resolve));
      if (JSON.stringify(patch).includes('bad')) throw kubeErrors.create('kube.invalid', 'bad');
      return cluster.someone.mergePatch(type, name, patch, options, until);
    },
  };
  const writer = gatherPatches(slow);
  const patch = (part: JsonObject, until = signal) => writer.mergePatch(freights, key, part, status, until);
  const inStage = (name: string): JsonObject => ({ status: { currentlyIn: { [name]: { since: 'now' } } } });
  const stagesNow = () => Object.keys(cluster.stored(freights, key)?.status?.currentlyIn ?? {}).sort();
  return { patch, sent, inStage, stagesNow, cluster };
}

test('fifty parts of one object go in two requests, and each caller gets what is stored then', async () => {
  const { patch, sent, inStage, stagesNow } = setUp();
  const names = Array.from({ length: 50 }, (_, index) => `s${10 + index}`);
  const answers = await Promise.all(names.map((name) => patch(inStage(name))));
  expect(sent).toHaveLength(2);
  expect(stagesNow()).toEqual(names);
  for (const [index, answer] of answers.entries())
    expect(answer.status?.currentlyIn).toHaveProperty(names[index] ?? '');
  await patch(inStage('late'));
  expect(sent).toHaveLength(3);
});

test.each([
  { name: 'different values', parts: [{ a: 1 }, { a: 2 }], want: 2, because: 'the later one has to win' },
  { name: 'the same value', parts: [{ a: 1 }, { a: 1 }], want: 1, because: 'they agree' },
  {
    name: 'gone and there',
    parts: [{ a: null }, { a: { b: 1 } }],
    want: 2,
    because: 'b alone is to be left',
  },
  { name: 'a list and a list', parts: [{ a: [1] }, { a: [2] }], want: 2, because: 'lists are replaced' },
  {
    name: 'a precondition',
    parts: [{ a: 1 }, { b: 1, metadata: { resourceVersion: '1' } }],
    want: 2,
    because: 'its refusal is its own',
  },
])('$name: $want requests, $because', async ({ parts, want }) => {
  const { patch, sent, inStage } = setUp();
  const before = patch(inStage('first'));
  await Promise.allSettled([before, ...parts.map((part) => patch({ ...part }))]);
  expect(sent.slice(1)).toHaveLength(want);
});

test('nobody fails for the part of another', async () => {
  const { patch, inStage, stagesNow } = setUp();
  const names = ['a', 'b', 'bad', 'c'];
  const settled = await Promise.allSettled(names.map((name) => patch(inStage(name))));
  expect(settled.map(({ status: end }) => end)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(stagesNow()).toEqual(['a', 'b', 'c']);
});

test('who gives up in time is not written, and keeps nobody', async () => {
  const { patch, inStage, stagesNow } = setUp();
  const gone = new AbortController();
  const all = [patch(inStage('a')), patch(inStage('b'), gone.signal), patch(inStage('c'))];
  gone.abort(new Error('never mind'));
  const settled = await Promise.allSettled(all);
  expect(settled.map(({ status: end }) => end)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(stagesNow()).toEqual(['a', 'c']);
});

const values = fc.constantFrom<(number | null | JsonObject)[]>(1, 2, null, { x: 1 }, { x: null, y: 2 });
const members = fc.dictionary(fc.constantFrom('a', 'b', 'c'), values, { noNullPrototype: true });

test('whatever is gathered, the object is as if each had been sent by itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(members, { maxLength: 8 }), async (parts) => {
      const [gathered, alone] = [setUp(), setUp()];
      await Promise.all(parts.map((part) => gathered.patch({ status: { metadata: part } })));
      for (const part of parts) await alone.patch({ status: { metadata: part } });
      expect(gathered.cluster.stored(freights, key)?.status).toEqual(
        alone.cluster.stored(freights, key)?.status,
      );
    }),
    { numRuns: 200 },
  );
});
