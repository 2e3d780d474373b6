import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Freight, freights } from '../src/api/v1alpha1/index.ts';
import type { JsonValue } from '../src/base/index.ts';
import { createCache } from '../src/kube/cache/cache.ts';
import { createRest } from '../src/kube/http/rest.ts';
import type { Transport } from '../src/kube/http/transport.ts';
import { createReflector } from '../src/kube/reflector/reflector.ts';
import type { Log } from '../src/ports/index.ts';
import { createSystemClock, createSystemRandom } from '../src/telemetry/index.ts';
import type { Bench } from './support/bench.ts';

const count = 10_000;
const pageSize = 500;
const stages = ['dev', 'test', 'uat', 'prod-eu', 'prod-us'];

/** What the watch cache holds for each object: the part of it that can be stated before a cluster is there. */
export const kubeCacheBench: Bench = {
  name: 'kube-cache',
  about: `heap of the watch cache for ${count} Freight, and the time to list them, without network`,
  async run({ signal }) {
    const collect = exposeCollector();
    const clock = createSystemClock();
    const deps = { clock, random: createSystemRandom(), log: silent };
    const cache = createCache(deps);
    const byWarehouse = { values: (freight: Freight) => [freight.origin.name] };
    const store = cache.add({ type: freights, indexes: { warehouse: byWarehouse.values } } as Parameters<
      typeof cache.add
    >[0]);
    const jsonBytes = Buffer.byteLength(JSON.stringify(toFreight(4321)));
    const { managedFields: _, ...metadata } = toFreight(4321).metadata;
    const keptBytes = Buffer.byteLength(JSON.stringify({ ...toFreight(4321), metadata }));
    collect();
    const before = process.memoryUsage().heapUsed;
    const startMs = performance.now();
    const stop = new AbortController();
    const reflector = createReflector({ ...deps, rest: createRest(createPages()) }, store, { pageSize });
    const running = reflector.run(stop.signal);
    signal.addEventListener('abort', () => stop.abort(), { once: true });
    await reflector.synced;
    const tookMs = performance.now() - startMs;
    collect();
    const after = process.memoryUsage().heapUsed;
    stop.abort();
    await running;
    if (store.size !== count) throw new Error(`the cache holds ${store.size} objects`);
    return [
      { name: 'heap per Freight in the cache', value: (after - before) / count, unit: 'bytes' },
      { name: 'JSON per Freight as the server sends it', value: jsonBytes, unit: 'bytes' },
      { name: 'JSON per Freight without managedFields', value: keptBytes, unit: 'bytes' },
      { name: `heap of ${count} Freight`, value: (after - before) / 1e6, unit: 'MB' },
      { name: `list, parse and index ${count} Freight`, value: tookMs, unit: 'ms' },
    ];
  },
};

function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => {
    if (typeof collect === 'function') collect();
  };
}

/** A server that sends text, so that everything is parsed as it would be, and then says nothing. */
function createPages(): Transport {
  return {
    async json({ query }) {
      const start = Number(query?.['continue'] ?? 0);
      const items = Array.from({ length: pageSize }, (_, index) => toFreight(start + index));
      const next = start + pageSize < count ? { continue: String(start + pageSize) } : {};
      const text = JSON.stringify({ metadata: { resourceVersion: '1000000', ...next }, items });
      return JSON.parse(text) as JsonValue;
    },
    async stream(_request, signal) {
      signal.throwIfAborted();
      await new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      throw new Error('nothing was to be said');
    },
    close: () => Promise.resolve(),
  };
}

/** Freight of one commit and two images that has gone through all Stages, with what the server keeps beside it. */
function toFreight(index: number) {
  const hex = (length: number, salt: number): string =>
    Array.from({ length }, (_, at) => (((index + 1) * 2654435761 * (at + salt)) >>> 7) % 16)
      .map((digit) => digit.toString(16))
      .join('');
  const time = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString().replace('.000', '');
  const name = hex(40, 3);
  const warehouse = `warehouse-${index % 200}`;
  return {
    apiVersion: 'kargo.akuity.io/v1alpha1',
    kind: 'Freight',
    metadata: {
      name,
      namespace: `project-${index % 20}`,
      uid: `${hex(8, 5)}-${hex(4, 7)}-4${hex(3, 11)}-a${hex(3, 13)}-${hex(12, 17)}`,
      resourceVersion: String(500_000 + index),
      generation: 1,
      creationTimestamp: time,
      labels: { 'kargo.akuity.io/alias': `eager-otter-${index}` },
      ownerReferences: [
        {
          apiVersion: 'kargo.akuity.io/v1alpha1',
          kind: 'Warehouse',
          name: warehouse,
          uid: `${hex(8, 19)}-0000-4000-a000-${hex(12, 23)}`,
        },
      ],
      managedFields: ['kargo', 'kargo-status'].map((manager) => ({
        manager,
        operation: 'Update',
        apiVersion: 'kargo.akuity.io/v1alpha1',
        time,
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:status': Object.fromEntries(
            stages.map((stage) => [`f:${stage}`, { '.': {}, 'f:longestSoak': {} }]),
          ),
        },
      })),
    },
    alias: `eager-otter-${index}`,
    origin: { kind: 'Warehouse', name: warehouse },
    commits: [
      {
        repoURL: 'https://github.com/example/app.git',
        id: hex(40, 29),
        branch: 'main',
        author: 'Jo Doe <jo@example.com>',
        message: `Change number ${index}`,
      },
    ],
    images: ['api', 'web'].map((image, at) => ({
      repoURL: `ghcr.io/example/${image}`,
      tag: `1.${index}.0`,
      digest: `sha256:${hex(64, 31 + at)}`,
    })),
    status: {
      verifiedIn: Object.fromEntries(
        stages.map((stage) => [stage, { verifiedAt: time, longestSoak: '1h0m0s' }]),
      ),
    },
  };
}

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};
