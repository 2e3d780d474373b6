import { type Freight, freights, type Promotion, promotions } from '../../api/v1alpha1/index.ts';
import {
  compareNames,
  comparePromotions,
  currentStepOf,
  freightLabel,
  isTerminal,
} from '../../domain/index.ts';
import type { Cluster } from '../deps.ts';
import { toneOf } from '../render/style.ts';
import type { Cell, TableContent } from '../render/table.ts';
import { ageCell, namespaceCells, namespaceTitles } from './cells.ts';
import type { Listing, ListPlace } from './list.ts';

/** Lists Promotions: running first, then waiting, then ended. */
export function promotionListing(cluster: Cluster, signal: AbortSignal): Listing<Promotion> {
  return {
    type: promotions,
    resource: 'promotions',
    nothing: 'no Promotion',
    async toTable(objects, place) {
      const selection = place.namespace === undefined ? {} : { namespace: place.namespace };
      return promotionTable(objects, await cluster.reader.listLive(freights, selection, signal), place);
    },
  };
}

/** The table of Promotions. Pure. */
export function promotionTable(
  list: readonly Promotion[],
  freight: readonly Freight[],
  place: ListPlace,
): TableContent {
  const columns = ['PROMOTION', 'STAGE', 'FREIGHT', 'PHASE', 'STEP', 'AGE', 'MESSAGE'];
  return {
    columns: [...namespaceTitles(place), ...columns],
    rows: [...list]
      .sort(compareAcrossStages)
      .map((promotion) => [
        ...namespaceCells(promotion, place),
        ...promotionCells(promotion, freight, place),
      ]),
  };
}

/** Running first, then waiting, oldest first, then ended, newest first; names tell ages within one Stage only. */
function compareAcrossStages(a: Promotion, b: Promotion): number {
  if (a.spec.stage === b.spec.stage) return comparePromotions(a, b);
  const rank = (one: Promotion): number => (isTerminal(one) ? 2 : one.status?.phase === 'Running' ? 0 : 1);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  const byAge = compareNames(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '');
  return isTerminal(a) ? -byAge : byAge;
}

function promotionCells(
  promotion: Promotion,
  freight: readonly Freight[],
  place: ListPlace,
): readonly Cell[] {
  const { metadata, spec, status } = promotion;
  const own = freight.filter((item) => item.metadata.namespace === metadata.namespace);
  const phase = status?.phase ?? 'Pending';
  return [
    { text: metadata.name, tone: 'strong' },
    { text: spec.stage },
    { text: freightLabel(spec.freight, own), tone: 'name' },
    { text: phase, tone: toneOf(phase) },
    { text: stepText(promotion) },
    ageCell(promotion, place.nowMs),
    { text: messageOf(promotion) },
  ];
}

function stepText(promotion: Promotion): string {
  const current = currentStepOf(promotion);
  if (isTerminal(promotion) || promotion.status?.phase !== 'Running' || current === undefined) return '';
  return `${current.index + 1}/${promotion.spec.steps.length} ${current.step.uses ?? ''}`;
}

/** What the running step says, else what the Promotion says. */
function messageOf(promotion: Promotion): string {
  const { status } = promotion;
  const step = status?.phase === 'Running' ? currentStepOf(promotion)?.record?.message : undefined;
  return step ?? status?.message ?? '';
}
