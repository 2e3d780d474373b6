import { expect, test } from 'vitest';
import { createFakeCluster } from '../../test/support/fake-cluster.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { createSeededRandom } from '../../test/support/seeded-random.ts';
import type { KubeObject, ResourceType } from '../api/meta/index.ts';
import type { EventDraft } from '../domain/index.ts';
import { kubeErrors } from './errors.ts';
import { createKubeEvents } from './events.ts';

const eventType: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};

const draft: EventDraft = {
  type: 'Normal',
  reason: 'PromotionSucceeded',
  message: 'Promotion succeeded',
  involved: { apiVersion: 'kargo.akuity.io/v1alpha1', kind: 'Promotion', namespace: 'demo', name: 'p1' },
  component: 'promotion-controller',
  annotations: { 'event.kargo.akuity.io/project': 'demo' },
};

function setUp() {
  const clock = createManualClock();
  const log = createRecordingLog();
  const cluster = createFakeCluster({ clock });
  const random = createSeededRandom(1);
  const events = createKubeEvents(
    { writer: cluster.writer, clock, random, log },
    new AbortController().signal,
  );
  return { clock, log, cluster, events };
}

test('an event is an object of its own, named after the object and the nanosecond', async () => {
  const { cluster, events } = setUp();
  events.emit(draft);
  events.emit(draft);
  await events.flush();
  const [first, second] = cluster.all<KubeObject>(eventType);
  expect(first).toMatchObject({
    metadata: { name: 'p1.1886caf21c963200', namespace: 'demo', annotations: draft.annotations },
    involvedObject: draft.involved,
    reason: 'PromotionSucceeded',
    source: { component: 'promotion-controller' },
    firstTimestamp: '2026-01-02T03:04:05Z',
    count: 1,
  });
  expect(second?.metadata.name).not.toBe(first?.metadata.name);
});

test('what is told once is one event, whoever tells it', async () => {
  const { cluster, events, clock, log } = setUp();
  const once = { ...draft, once: 'uid-1 ended' };
  events.emit(once);
  events.emit(once);
  await events.flush();
  expect(cluster.writes).toHaveLength(1);
  const other = createKubeEvents(
    { writer: cluster.writer, clock, random: createSeededRandom(2), log },
    new AbortController().signal,
  );
  other.emit(once);
  other.emit({ ...once, once: 'uid-2 ended' });
  await other.flush();
  expect(cluster.all(eventType)).toHaveLength(2);
  expect(log.lines).toEqual([]);
});

test('events come after what they tell of: they wait a second, unless the process ends', async () => {
  const { clock, cluster, events } = setUp();
  events.emit(draft);
  await clock.advance(900);
  events.emit(draft);
  expect(cluster.all(eventType)).toHaveLength(0);
  await clock.advance(100);
  expect(cluster.all(eventType)).toHaveLength(2);
  events.emit(draft);
  await events.flush();
  expect(cluster.all(eventType)).toHaveLength(3);
});

test('a server that does not answer keeps no process from ending', async () => {
  const { clock, cluster, events } = setUp();
  cluster.onWrite(() => {
    throw kubeErrors.create('kube.unavailable', 'down');
  });
  events.emit(draft);
  let hasEnded = false;
  const flushed = events.flush().then(() => {
    hasEnded = true;
  });
  await clock.advance(4_900);
  expect(hasEnded).toBe(false);
  await clock.advance(100);
  await flushed;
});

test('a transient failure is retried', async () => {
  const { clock, cluster, events } = setUp();
  let failures = 2;
  cluster.onWrite(() => {
    failures -= 1;
    if (failures >= 0) throw kubeErrors.create('kube.unavailable', 'down');
    return undefined;
  });
  events.emit(draft);
  await clock.advance(5000);
  expect(cluster.all(eventType)).toHaveLength(1);
});

test('a refusal is logged, and the next event is written', async () => {
  const { cluster, events, log } = setUp();
  cluster.onWrite(() => {
    throw kubeErrors.create('kube.forbidden', 'namespace is being terminated');
  });
  events.emit(draft);
  await events.flush();
  cluster.onWrite(undefined);
  events.emit(draft);
  await events.flush();
  expect(cluster.all(eventType)).toHaveLength(1);
  expect(log.messages('warn')).toEqual(['event dropped']);
});
