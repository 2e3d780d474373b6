import { findCondition, keyOf, keyText } from '../../api/meta/index.ts';
import { type Freight, freights, type Stage, stages } from '../../api/v1alpha1/index.ts';
import { compareNames, freightLabel } from '../../domain/index.ts';
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
    rows: sortByPipeline(list).map((stage) => [
      ...namespaceCells(stage, place),
      ...stageCells(stage, freight, place),
    ]),
  };
}

/** Stages in the order in which Freight passes them; equals by name. A circle counts as its first Stage. */
export function sortByPipeline(list: readonly Stage[]): readonly Stage[] {
  const byKey = new Map(list.map((stage) => [keyText(keyOf(stage)), stage]));
  const depths = new Map<string, number>();
  const depthOf = (stage: Stage): number => {
    const key = keyText(keyOf(stage));
    const known = depths.get(key);
    if (known !== undefined) return known;
    // Set before looking upstream, so that a circle ends.
    depths.set(key, 0);
    const upstream = stage.spec.requestedFreight.flatMap(({ sources }) => sources.stages ?? []);
    const found = upstream.flatMap((name) => byKey.get(keyText({ ...keyOf(stage), name })) ?? []);
    const depth = Math.max(-1, ...found.map(depthOf)) + 1;
    depths.set(key, depth);
    return depth;
  };
  return list
    .map((stage) => ({ stage, depth: depthOf(stage) }))
    .sort((a, b) => a.depth - b.depth || compareNames(keyText(keyOf(a.stage)), keyText(keyOf(b.stage))))
    .map(({ stage }) => stage);
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
