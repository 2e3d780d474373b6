import { expect, test } from 'vitest';
import { createFakeCluster } from '../../test/support/fake-cluster.ts';
import { kargoApiVersion, type Stage, stages } from '../api/v1alpha1/index.ts';
import { joinReads, type LiveReader } from './joined-reads.ts';

const { signal } = new AbortController();
const key = { namespace: 'demo', name: 'dev' };

function setUp() {
  const cluster = createFakeCluster();
  const asked: string[] = [];
  const reader: LiveReader = {
    getLive: (type, one, own) => {
      asked.push(`get ${one.name}`);
      return cluster.reader.getLive(type, one, own);
    },
    listLive: (type, selection, own) => {
      asked.push(`list ${selection.labels}`);
      return cluster.reader.listLive(type, selection, own);
    },
  };
  const put = (shard: string): void =>
    void cluster.put<Stage>(stages, {
      apiVersion: kargoApiVersion,
      kind: 'Stage',
      metadata: key,
      spec: { shard, requestedFreight: [] },
    });
  return { reader: joinReads(reader), asked, put };
}

test('what many want to know at once is asked once', async () => {
  const { reader, asked, put } = setUp();
  put('east');
  const found = await Promise.all([
    ...Array.from({ length: 20 }, () => reader.getLive(stages, key, signal)),
    reader.getLive(stages, { ...key, name: 'other' }, signal),
  ]);
  expect(found.map((stage) => stage?.spec.shard)).toEqual([...Array(20).fill('east'), undefined]);
  await Promise.all(['a', 'a', 'b'].map((labels) => reader.listLive(stages, { labels }, signal)));
  expect(asked).toEqual(['get dev', 'get other', 'list a', 'list b']);
});

test('nobody gets what is older than their question', async () => {
  const { reader, asked, put } = setUp();
  const first = reader.getLive(stages, key, signal);
  // The first question is on its way when the Stage is made.
  await Promise.resolve();
  await Promise.resolve();
  put('west');
  const second = reader.getLive(stages, key, signal);
  await first;
  expect((await second)?.spec.shard).toBe('west');
  expect(asked).toHaveLength(2);
});

test('who gives up takes nothing from the others', async () => {
  const { reader, put } = setUp();
  put('east');
  const gone = new AbortController();
  const given = reader.getLive(stages, key, gone.signal);
  const kept = reader.getLive(stages, key, signal);
  gone.abort(new Error('too late'));
  await expect(given).rejects.toThrow('too late');
  expect((await kept)?.spec.shard).toBe('east');
});
