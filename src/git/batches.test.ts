import { expect, test } from 'vitest';
import { type GitObject, hashObject, type ObjectId } from '../wire/git/index.ts';
import { Batches } from './batches.ts';

const never = new AbortController().signal;
const [a, b, c] = ['a', 'b', 'c'].map((text) => hashObject('blob', Buffer.from(text))) as [
  ObjectId,
  ObjectId,
  ObjectId,
];

function toObjects(ids: readonly ObjectId[]): Map<ObjectId, GitObject> {
  return new Map(ids.map((id) => [id, { type: 'blob', data: new Uint8Array() }]));
}

test('reads of one turn become one request, and what is on its way is not asked for again', async () => {
  const asked: ObjectId[][] = [];
  let answer = (): void => undefined;
  const batches = new Batches(async (ids) => {
    asked.push([...ids]);
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return toObjects(ids);
  });
  const first = batches.read([a], never);
  const second = batches.read([b, a], never);
  await new Promise((resolve) => setImmediate(resolve));
  const third = batches.read([b], never);
  await new Promise((resolve) => setImmediate(resolve));
  answer();
  expect([...(await second).keys()]).toEqual([a, b]);
  expect((await first).has(a) && (await third).has(b)).toBe(true);
  expect(asked).toEqual([[a, b]]);
});

test('who asks alone is not hurt by what others asked for', async () => {
  const asked: ObjectId[][] = [];
  const batches = new Batches((ids) => {
    asked.push([...ids]);
    return ids.includes(c) ? Promise.reject(new Error('not our ref')) : Promise.resolve(toObjects(ids));
  });
  const good = batches.read([a], never);
  const bad = batches.read([a, c], never);
  await expect(bad).rejects.toThrow('not our ref');
  expect((await good).has(a)).toBe(true);
});

test('a request ends when nobody waits for it, and is asked anew by the next one', async () => {
  const ended: unknown[] = [];
  const batches = new Batches((ids, signal) => {
    if (ended.length > 0) return Promise.resolve(toObjects(ids));
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        ended.push(signal.reason);
        reject(signal.reason);
      });
    });
  });
  const abort = new AbortController();
  const first = batches.read([a], abort.signal);
  await new Promise((resolve) => setImmediate(resolve));
  abort.abort('enough');
  await expect(first).rejects.toBe('enough');
  expect(ended).toEqual(['enough']);
  expect((await batches.read([a], never)).has(a)).toBe(true);
});

test('a promotion may read many things at once without a warning of the runtime', async () => {
  const warnings: string[] = [];
  const hear = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', hear);
  try {
    const batches = new Batches(async (ids) => toObjects(ids));
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 50 }, () => batches.read([a], signal)));
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', hear);
  }
  expect(warnings).toEqual([]);
});
