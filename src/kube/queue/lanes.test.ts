import { expect, test } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import type { WakePriority } from '../../ports/index.ts';
import { createLanes } from './lanes.ts';
import { priorities } from './priorities.ts';

const groupOf = (key: string): string => key.split('/')[0] ?? '';

function drain(lanes: ReturnType<typeof createLanes>): string[] {
  const taken: string[] = [];
  for (let next = lanes.take(); next !== undefined; next = lanes.take()) taken.push(next[0]);
  return taken;
}

test('a crowd in one group delays another by one turn', () => {
  const lanes = createLanes(groupOf);
  for (const key of ['a/1', 'a/2', 'a/3', 'b/1', 'c/1', 'b/2'])
    lanes.put(key, { priority: 'change', sinceMs: 0 });
  expect(drain(lanes)).toEqual(['a/1', 'b/1', 'c/1', 'a/2', 'b/2', 'a/3']);
});

test('who has just had a turn comes last when it has more', () => {
  const lanes = createLanes(groupOf);
  lanes.put('a/1', { priority: 'change', sinceMs: 0 });
  lanes.put('a/2', { priority: 'change', sinceMs: 0 });
  expect(lanes.take()?.[0]).toBe('a/1');
  lanes.put('b/1', { priority: 'change', sinceMs: 1 });
  lanes.put('b/2', { priority: 'change', sinceMs: 1 });
  expect(drain(lanes)).toEqual(['a/2', 'b/1', 'b/2']);
});

test('a key that is put again goes behind its group, which keeps its turn', () => {
  const lanes = createLanes(groupOf);
  for (const key of ['a/1', 'b/1', 'b/2', 'a/1', 'b/1']) lanes.put(key, { priority: 'change', sinceMs: 0 });
  expect(drain(lanes)).toEqual(['a/1', 'b/2', 'b/1']);
});

test('random crowds: nothing lost, nothing twice, urgent first, no group passed over', () => {
  const entry = fc.record({
    group: fc.integer({ min: 0, max: 4 }),
    name: fc.integer({ min: 0, max: 9 }),
    priority: fc.constantFrom<WakePriority>('change', 'timer', 'resync'),
  });
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 60 }),
      fc.array(fc.boolean(), { maxLength: 60 }),
      (entries, takes) => {
        const lanes = createLanes(groupOf);
        const model = new Map<string, WakePriority>();
        // How many keys of its priority were taken since a group began to wait there.
        const passed = new Map<string, Set<string>>();

        function takeOne(): void {
          const next = lanes.take();
          if (next === undefined) {
            expect(model.size).toBe(0);
            return;
          }
          const [key, { priority }] = next;
          expect(model.get(key)).toBe(priority);
          const best = priorities.find((one) => [...model.values()].includes(one));
          expect(priority).toBe(best);
          model.delete(key);
          passed.delete(`${priority} ${groupOf(key)}`);
          for (const [other, at] of model) {
            if (at !== priority || groupOf(other) === groupOf(key)) continue;
            const lane = `${priority} ${groupOf(other)}`;
            const others = passed.get(lane) ?? new Set();
            expect(others.has(groupOf(key)), 'no group has two turns while another waits').toBe(false);
          }
          const waiting = new Set(
            [...model].filter(([, at]) => at === priority).map(([other]) => groupOf(other)),
          );
          for (const group of waiting) {
            if (group === groupOf(key)) continue;
            const lane = `${priority} ${group}`;
            passed.set(lane, (passed.get(lane) ?? new Set()).add(groupOf(key)));
          }
        }

        for (const [index, { group, name, priority }] of entries.entries()) {
          const key = `${group}/${name}`;
          const known = model.get(key);
          if (known !== undefined && known !== priority) {
            const isLast = [...model].every(
              ([other, at]) => other === key || at !== known || groupOf(other) !== `${group}`,
            );
            if (isLast) passed.delete(`${known} ${group}`);
          }
          model.set(key, priority);
          lanes.put(key, { priority, sinceMs: index });
          expect(lanes.size).toBe(model.size);
          if (takes[index] === true) takeOne();
        }
        while (model.size > 0) takeOne();
        expect(lanes.take()).toBeUndefined();
        expect(lanes.oldestMs).toBeUndefined();
      },
    ),
    { numRuns: 300 },
  );
});
