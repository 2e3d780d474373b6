import { describe, expect, test } from 'vitest';
import {
  type AvailableFreight,
  autoPromotionCandidates,
  type FreightRequest,
  listAvailableFreight,
} from './availability.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
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
