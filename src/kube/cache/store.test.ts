import { expect, test } from 'vitest';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { createServedWidget, type Widget, widgetKey, widgetType } from '../../../test/support/widget.ts';
import { kubeErrors } from '../errors.ts';
import type { WatchedType } from '../watched.ts';
import { createStore, type Store } from './store.ts';

const byUid: WatchedType = { type: widgetType, indexes: { uid: (object) => [object.metadata.uid ?? ''] } };

function setUp(watched: WatchedType = byUid) {
  const changes: string[] = [];
  const store = createStore(
    {
      clock: createManualClock(),
      onChange: ({ kind, object }) =>
        changes.push(`${kind} ${object.metadata.name}@${object.metadata.resourceVersion}`),
      onIndexError: () => undefined,
    },
    watched,
  );
  return { store, changes };
}

const a = createServedWidget;
const rows: {
  name: string;
  steps: (store: Store) => void;
  want: string[];
  held: string[];
  because: string;
}[] = [
  {
    name: 'an older event after a newer answer',
    steps: (store) => {
      store.take(a('a', 12));
      store.take(a('a', 11));
    },
    want: ['added a@12'],
    held: ['a@12'],
    because: 'the cache never goes back',
  },
  {
    name: 'the event of the own write',
    steps: (store) => {
      store.take(a('a', 12));
      store.take(a('a', 12));
    },
    want: ['added a@12'],
    held: ['a@12'],
    because: 'it is no news',
  },
  {
    name: 'versions of different length',
    steps: (store) => {
      store.take(a('a', 99));
      store.take(a('a', 100));
    },
    want: ['added a@99', 'updated a@100'],
    held: ['a@100'],
    because: 'they are numbers, not texts',
  },
  {
    name: 'an answer that arrives after the deletion',
    steps: (store) => {
      store.take(a('a', 10));
      store.takeDeleted(a('a', 12));
      store.take(a('a', 11));
    },
    want: ['added a@10', 'deleted a@10'],
    held: [],
    because: 'a late answer must not bring it back',
  },
  {
    name: 'events after an own delete',
    steps: (store) => {
      store.take(a('a', 10));
      store.takeOwnDelete(widgetKey('a'), 'uid-a');
      store.take(a('a', 11));
      store.replace([a('a', 11)], '11');
    },
    want: ['added a@10', 'deleted a@10'],
    held: [],
    because: 'a deleted UID never comes back',
  },
  {
    name: 'made again under its name',
    steps: (store) => {
      store.take(a('a', 10));
      store.take(a('a', 12, { uid: 'uid-new' }));
      store.takeDeleted(a('a', 11));
    },
    want: ['added a@10', 'deleted a@10', 'added a@12'],
    held: ['a@12'],
    because: 'the deletion of the old one does not touch the new one',
  },
  {
    name: 'back in the scope of a selector',
    steps: (store) => {
      store.take(a('a', 10));
      store.takeDeleted(a('a', 12));
      store.take(a('a', 13));
    },
    want: ['added a@10', 'deleted a@10', 'added a@13'],
    held: ['a@13'],
    because: 'a watch with a selector says "deleted" when the labels no longer match',
  },
  {
    name: 'deleted during a gap',
    steps: (store) => {
      store.replace([a('a', 5), a('b', 6)], '10');
      store.replace([a('b', 6)], '20');
    },
    want: ['added a@5', 'added b@6', 'deleted a@5'],
    held: ['b@6'],
    because: 'the list does not have it',
  },
  {
    name: 'a list older than an own write',
    steps: (store) => {
      store.take(a('new', 21));
      store.take(a('b', 22));
      store.replace([a('b', 6)], '20');
    },
    want: ['added new@21', 'added b@22'],
    held: ['new@21', 'b@22'],
    because: 'what is newer than the list stays',
  },
  {
    name: 'a restored server',
    steps: (store) => {
      store.replace([a('a', 50), a('b', 60)], '60');
      store.replace([a('a', 30)], '31');
      store.take(a('a', 32));
    },
    want: ['added a@50', 'added b@60', 'deleted b@60', 'updated a@30', 'updated a@32'],
    held: ['a@32'],
    because: 'when versions go back, the list is the truth',
  },
];
test.each(rows)('$name', ({ steps, want, held, because }) => {
  const { store, changes } = setUp();
  steps(store);
  expect(changes, because).toEqual(want);
  const names = store.list({}).map((object) => `${object.metadata.name}@${object.metadata.resourceVersion}`);
  expect(names).toEqual(held);
});

test('indexes follow every change', () => {
  const { store } = setUp({
    type: widgetType,
    indexes: { stage: (object) => Object.values(object.metadata.labels ?? {}) },
  });
  function labelled(version: number, labels: Record<string, string>): Widget {
    const widget = a('a', version);
    return { ...widget, metadata: { ...widget.metadata, labels } };
  }
  const find = (value: string): number => store.list({ index: { name: 'stage', value } }).length;
  store.take(labelled(1, { x: 'dev', y: 'prod' }));
  expect([find('dev'), find('prod')]).toEqual([1, 1]);
  store.take(labelled(2, { x: 'prod' }));
  expect([find('dev'), find('prod')]).toEqual([0, 1]);
  expect(store.list({ namespace: 'other', index: { name: 'stage', value: 'prod' } })).toEqual([]);
  store.takeDeleted(labelled(3, {}));
  expect(find('prod')).toBe(0);
  expect(() => store.list({ index: { name: 'none', value: '' } })).toThrow(
    expect.objectContaining({ code: 'kube.not-watched' }),
  );
});

test('answers to writes outside the scope of the watch are not taken', () => {
  const { store } = setUp({ type: widgetType, labelSelector: '!shard', namespace: 'demo' });
  const widget = a('a', 1);
  store.take({ ...widget, metadata: { ...widget.metadata, labels: { shard: 'east' } } });
  store.take({ ...widget, metadata: { ...widget.metadata, namespace: 'other' } });
  expect(store.size).toBe(0);
  store.take(widget);
  expect(store.size).toBe(1);
});

test('a selector that cannot be read is refused', () => {
  const error: unknown = (() => {
    try {
      return setUp({ type: widgetType, labelSelector: 'a=b=c' });
    } catch (caught) {
      return caught;
    }
  })();
  expect(kubeErrors.is(error, 'kube.bad-config')).toBe(true);
});
