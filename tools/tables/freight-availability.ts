import type { PromotionPolicy } from '../../src/api/v1alpha1/index.ts';
import { type JsonObject, parseDuration } from '../../src/base/index.ts';
import {
  type AvailableFreight,
  autoPromotionCandidates,
  type FreightRequest,
  isFreightAvailable,
  listAvailableFreight,
} from '../../src/domain/freight/index.ts';
import { readAutoPromotionPolicy } from '../../src/domain/stage/index.ts';
import { compareOutcome, type Outcome, type Row, type Table } from './table.ts';

/** Which Freight a Stage may have, which it gets by itself, and whether it gets any by itself. */
export const freightAvailabilityTable: Table = {
  name: 'freight-availability',
  prepare: () => (row) => (row.group === 'auto-promotion-policy' ? runPolicy(row) : runAvailability(row)),
};

interface FreightRow {
  readonly name: string;
  readonly warehouse: string;
  readonly discoveredAgo: string;
  readonly currentlyIn: Readonly<Record<string, { readonly sinceAgo: string }>>;
  readonly verifiedIn: Readonly<Record<string, { readonly longestSoak?: string }>>;
  readonly approvedFor: Readonly<Record<string, object>>;
}

interface AvailabilityInput {
  readonly freight: readonly FreightRow[];
  readonly requestedFreight: readonly FreightRequest[];
  readonly stage: string;
  readonly warehouses: readonly string[];
}

const nowMs = Date.UTC(2026, 2, 1, 12);

function runAvailability(row: Row): Outcome {
  const input = row.input as unknown as AvailabilityInput;
  const { listError, ...want } = row.expect as JsonObject;
  const freight = input.freight.map(toFreight);
  const asker = { stage: input.stage, requests: input.requestedFreight, nowMs };
  const single = freight.filter((item) => isFreightAvailable(item, asker)).map(nameOf);
  const found = listAvailableFreight(freight, input.warehouses, asker);
  const hasFailed = found.missingWarehouses.length > 0;
  if (listError !== undefined) {
    return { passed: hasFailed && compareOutcome(want['single'], single).passed, actual: { single, found } };
  }
  const candidates = autoPromotionCandidates(found.freight, input.requestedFreight);
  const actual = {
    single,
    list: found.freight.map(nameOf),
    autoPromotionCandidates: Object.fromEntries([...candidates].map(([key, item]) => [key, nameOf(item)])),
  };
  return hasFailed ? { passed: false, actual: found.missingWarehouses } : compareOutcome(want, actual);
}

function nameOf(freight: AvailableFreight): string {
  return freight.metadata.name;
}

function toFreight(row: FreightRow): AvailableFreight {
  const ago = (text: string): string => new Date(nowMs - (parseDuration(text) ?? 0)).toISOString();
  const stages = Object.entries(row.currentlyIn).map(([stage, entry]) => [
    stage,
    { since: ago(entry.sinceAgo) },
  ]);
  return {
    metadata: { name: row.name },
    origin: { kind: 'Warehouse', name: row.warehouse },
    discoveredAt: ago(row.discoveredAgo),
    status: {
      currentlyIn: Object.fromEntries(stages),
      verifiedIn: row.verifiedIn,
      approvedFor: row.approvedFor,
    },
  };
}

interface PolicyInput {
  readonly promotionPolicies: readonly PromotionPolicy[] | null;
  readonly stage: { readonly name: string; readonly labels: Readonly<Record<string, string>> | null };
}

function runPolicy(row: Row): Outcome {
  const { promotionPolicies, stage } = row.input as unknown as PolicyInput;
  const policy = readAutoPromotionPolicy(promotionPolicies ?? undefined, {
    name: stage.name,
    labels: stage.labels ?? undefined,
  });
  if (row.error === true || !policy.ok) return { passed: policy.ok !== row.error, actual: policy };
  return compareOutcome(row.expect, policy.isEnabled);
}
