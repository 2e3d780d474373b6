import { expect, test } from 'vitest';
import { hashObject, type ObjectId } from '../wire/git/index.ts';
import { ObjectCache } from './object-cache.ts';

const data = Buffer.from('secret\n');
const id: ObjectId = hashObject('blob', data);
const stores = [
  { name: 'another host', store: 'https://evil.example/team/app' },
  { name: 'another repository of the host', store: 'https://git.example/evil/app' },
];
test.each(stores)('what one remote has shown is not served for $name', ({ store }) => {
  const cache = new ObjectCache(1_000_000);
  const own = 'https://git.example/team/app';
  cache.add(own, id, { type: 'blob', data });
  expect(cache.get(own, id)?.type).toBe('blob');
  expect(cache.get(store, id)).toBeUndefined();
});
