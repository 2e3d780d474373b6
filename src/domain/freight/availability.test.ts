import { describe, expect, test } from 'vitest';
import { readTable } from '../../../test/support/tables.ts';
import { parseDuration } from '../../base/index.ts';
import {
  type AvailableFreight,
  autoPromotionCandidates,
  type FreightRequest,
  isFreightAvailable,
  listAvailableFreight,
} from './availability.ts';

interface FreightRow {
  readonly name: string;
  readonly warehouse: string;
  readonly discoveredAgo: string;
  readonly currentlyIn: Readonly<Record<string, { readonly sinceAgo: string }>>;
  readonly verifiedIn: Readonly<Record<string, { readonly longestSoak?: string }>>;
  readonly approvedFor: Readonly<Record<string, object>>;
}

interface Row {
  readonly freight: readonly FreightRow[];
  readonly requestedFreight: readonly FreightRequest[];
  readonly stage: string;
  readonly warehouses: readonly string[];
}

interface Expected {
  readonly single: readonly string[];
  readonly list?: readonly string[];
  readonly listError?: string;
  readonly autoPromotionCandidates?: Readonly<Record<string, string>>;
}

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const table = readTable<Row, Expected>('freight-availability.jsonl')?.filter(
  (row) => row.group === 'availability',
);

describe.skipIf(table === undefined)('availability as in the original (table freight-availability)', () => {
  test.each((table ?? []).map((row) => [row.id, row] as const))('%s', (_id, { input, expect: want }) => {
    const freight = input.freight.map(toFreight);
    const asker = { stage: input.stage, requests: input.requestedFreight, nowMs };
    const single = freight.filter((item) => isFreightAvailable(item, asker));
    expect(single.map((item) => item.metadata.name)).toEqual(want.single);
    const found = listAvailableFreight(freight, input.warehouses, asker);
    expect(found.missingWarehouses.length > 0).toBe(want.listError !== undefined);
    if (want.listError !== undefined) return;
    expect(found.freight.map((item) => item.metadata.name)).toEqual(want.list);
    const candidates = autoPromotionCandidates(found.freight, input.requestedFreight);
    const names = [...candidates].map(([origin, item]) => [origin, item.metadata.name]);
    expect(Object.fromEntries(names)).toEqual(want.autoPromotionCandidates);
  });
});

describe('what the original does not do', () => {
  const origin = { kind: 'Warehouse', name: 'main' };
  const requests: readonly FreightRequest[] = [
    { origin, sources: { stages: ['test'], requiredSoakTime: '1h' } },
    { origin: { kind: 'Warehouse', name: 'gone' }, sources: { direct: true } },
  ];
  const entered = (name: string, sinceAgoMs: number): AvailableFreight => ({
    metadata: { name },
    origin,
    discoveredAt: '2026-03-01T10:00:00Z',
    status: {
      currentlyIn: { test: { since: new Date(nowMs - sinceAgoMs).toISOString() } },
      verifiedIn: { test: {} },
    },
  });

  test('the next soak end is told, so that a timer can be set', () => {
    const freight = [entered('a', 10 * 60_000), entered('b', 40 * 60_000)];
    const found = listAvailableFreight(freight, ['main'], { stage: 'prod', requests, nowMs });
    expect(found.freight).toEqual([]);
    expect(found.nextSoakEndsAtMs).toBe(nowMs + 20 * 60_000);
  });

  test('a missing Warehouse is named and stops only its own request', () => {
    const found = listAvailableFreight([entered('a', 2 * 3_600_000)], ['main'], {
      stage: 'prod',
      requests,
      nowMs,
    });
    expect(found.freight.map((item) => item.metadata.name)).toEqual(['a']);
    expect(found.missingWarehouses).toEqual(['gone']);
  });

  test.each([
    {
      name: 'the Warehouse knows which was minted last',
      minted: {},
      lastMinted: { main: 'a' },
      want: 'a',
      because: 'names are hashes and say nothing about age',
    },
    {
      name: 'the minting instants differ within the second',
      minted: { a: '2026-03-01T10:00:00.900Z', b: '2026-03-01T10:00:00.200Z' },
      lastMinted: {},
      want: 'a',
      because: 'the later one is newer',
    },
    {
      name: 'an instant of another day is not believed',
      minted: { a: '2026-04-01T10:00:00.900Z' },
      lastMinted: {},
      want: 'b',
      because: 'annotations are copied from object to object',
    },
    {
      name: 'nothing tells',
      minted: {},
      lastMinted: {},
      want: 'b',
      because: 'the name decides, as in Kargo',
    },
  ])('equally old Freight: $name', ({ minted, lastMinted, want }) => {
    const times: Readonly<Record<string, string | undefined>> = minted;
    const freight = ['a', 'b'].map((name) => {
      const item = entered(name, 0);
      const time = times[name];
      if (time === undefined) return item;
      return { ...item, metadata: { name, annotations: { 'gantry.io/minted-at': time } } };
    });
    const candidates = autoPromotionCandidates(freight, requests.slice(0, 1), lastMinted);
    expect(candidates.get('Warehouse/main')?.metadata.name).toBe(want);
  });
});

function toFreight(row: FreightRow): AvailableFreight {
  const ago = (text: string): string => new Date(nowMs - (parseDuration(text) ?? 0)).toISOString();
  return {
    metadata: { name: row.name },
    origin: { kind: 'Warehouse', name: row.warehouse },
    discoveredAt: ago(row.discoveredAgo),
    status: {
      currentlyIn: Object.fromEntries(
        Object.entries(row.currentlyIn).map(([stage, entry]) => [stage, { since: ago(entry.sinceAgo) }]),
      ),
      verifiedIn: row.verifiedIn,
      approvedFor: row.approvedFor,
    },
  };
}
