import { expect, test } from 'vitest';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { createServedWidget, widgetKey, widgetType } from '../../../test/support/widget.ts';
import { createCache } from './cache.ts';

function setUp() {
  const log = createRecordingLog();
  const cache = createCache({ clock: createManualClock(), log }, { freeze: true });
  return { cache, log };
}

test('a type that is not watched cannot be read', () => {
  const { cache } = setUp();
  expect(() => cache.get(widgetType, widgetKey())).toThrow(
    expect.objectContaining({ code: 'kube.not-watched' }),
  );
  expect(() => cache.list(widgetType)).toThrow(expect.objectContaining({ code: 'kube.not-watched' }));
});

test('a subscriber sees what is there, then what changes, and harms nobody by throwing', () => {
  const { cache, log } = setUp();
  const store = cache.add({ type: widgetType });
  store.take(createServedWidget('a', 1));
  const seen: string[] = [];
  cache.subscribe(widgetType, () => {
    throw new Error('oops');
  });
  const end = cache.subscribe(widgetType, ({ kind, object }) => seen.push(`${kind} ${object.metadata.name}`));
  store.take(createServedWidget('a', 2));
  end();
  store.takeDeleted(createServedWidget('a', 3));
  expect(seen).toEqual(['added a', 'updated a']);
  expect(log.messages('error').length).toBe(3);
});

test('cached objects are frozen when asked', () => {
  const { cache } = setUp();
  cache.add({ type: widgetType });
  cache.takeAnswer(widgetType, createServedWidget('a', 1));
  expect(Object.isFrozen(cache.get(widgetType, widgetKey())?.metadata)).toBe(true);
});
