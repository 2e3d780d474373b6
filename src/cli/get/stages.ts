import { findCondition } from '../../api/meta/index.ts';
import { type Freight, freights, type Stage, stages } from '../../api/v1alpha1/index.ts';
import { freightLabel } from '../../domain/index.ts';
import type { Cluster } from '../deps.ts';
import { toneOf } from '../render/style.ts';
import type { Cell, TableContent } from '../render/table.ts';
import { ageCell, artifactsText, namespaceCells, namespaceTitles } from './cells.ts';
import type { Listing, ListPlace } from './list.ts';

/** Lists Stages: what each runs, how it goes and what it says. */
export function stageListing(cluster: Cluster, signal: AbortSignal): Listing<Stage> {
  return {
    type: stages,
    resource: 'stages',
    nothing: 'no Stage',
    async toTable(objects, place) {
      const selection = place.namespace === undefined ? {} : { namespace: place.namespace };
      return stageTable(objects, await cluster.reader.listLive(freights, selection, signal), place);
    },
  };
}

/** The table of Stages. Pure. */
export function stageTable(
  list: readonly Stage[],
  freight: readonly Freight[],
  place: ListPlace,
): TableContent {
  const columns = ['STAGE', 'FREIGHT', 'ARTIFACTS', 'HEALTH', 'VERIFIED', 'PROMOTION', 'AGE', 'MESSAGE'];
  return {
    columns: [...namespaceTitles(place), ...columns],
    rows: list.map((stage) => [...namespaceCells(stage, place), ...stageCells(stage, freight, place)]),
  };
}

function stageCells(stage: Stage, freight: readonly Freight[], place: ListPlace): readonly Cell[] {
  const { status } = stage;
  const deployed = Object.values(status?.freightHistory?.[0]?.items ?? {});
  const own = freight.filter(({ metadata }) => metadata.namespace === stage.metadata.namespace);
  const health = status?.health?.status ?? '';
  const verified = isVerified(stage) ? 'yes' : deployed.length === 0 ? '' : 'no';
  const promotion = status?.currentPromotion?.name ?? '';
  const artifacts = deployed.map((item) => artifactsText(item, place.isWide)).join(' ');
  return [
    { text: stage.metadata.name, tone: 'strong' },
    { text: deployed.map(({ name }) => freightLabel(name, own)).join(' '), tone: 'name' },
    { text: artifacts },
    { text: health, tone: toneOf(health) },
    { text: verified, tone: verified === 'yes' ? 'good' : 'waiting' },
    { text: promotion, tone: 'waiting' },
    ageCell(stage, place.nowMs),
    messageCell(stage),
  ];
}

/** Has what runs in the Stage passed its verification? */
export function isVerified(stage: Stage): boolean {
  const history = stage.status?.freightHistory?.[0]?.verificationHistory ?? [];
  return history.some(({ phase }) => phase === 'Successful');
}

function messageCell(stage: Stage): Cell {
  const ready = findCondition(stage.status?.conditions, 'Ready');
  if (ready === undefined) return { text: '' };
  return { text: ready.message, tone: ready.status === 'True' ? 'dim' : 'plain' };
}
