import { findCondition } from '../../api/meta/index.ts';
import {
  chooseGroup,
  type GroupChoice,
  type GroupRule,
  type Laggard,
  parseGroupRule,
} from '../../domain/index.ts';
import { toFreight } from './freight.ts';
import type { DiscoveredArtifacts, Warehouse } from './types.ts';

/** The condition that says whether images that must belong together do. */
export const grouped = 'gantry.io/ArtifactsGrouped';
/** Its reason while a complete set may still change. */
export const settling = 'Settling';

/** What a Warehouse's rule of grouping says to its discoveries. */
export type Grouping =
  | { readonly kind: 'none' }
  | { readonly kind: 'bad-rule'; readonly problem: string }
  | { readonly kind: 'incomplete'; readonly rule: GroupRule; readonly laggards: readonly Laggard[] }
  | {
      readonly kind: 'complete';
      readonly rule: GroupRule;
      readonly choice: Extract<GroupChoice, { kind: 'complete' }>;
    };

/** Applies the rule that the annotations state, if any. */
export function groupArtifacts(warehouse: Warehouse, artifacts: DiscoveredArtifacts): Grouping {
  const parsed = parseGroupRule(warehouse.metadata.annotations);
  if (parsed.kind === 'none') return { kind: 'none' };
  if (parsed.kind === 'problem') {
    const { annotation, value, problem } = parsed;
    return { kind: 'bad-rule', problem: `annotation ${annotation} is "${value}": it ${problem}` };
  }
  const { rule } = parsed;
  const choice = chooseGroup(rule, artifacts);
  switch (choice.kind) {
    case 'complete':
      return { kind: 'complete', rule, choice };
    case 'incomplete':
      return { kind: 'incomplete', rule, laggards: choice.laggards };
    case 'unknown-member':
      return { kind: 'bad-rule', problem: `"${choice.member}" is no image subscription of this Warehouse` };
  }
}

/** The discoveries with what Freight is to be made of at the top of each list. */
export function candidatesOf(warehouse: Warehouse, artifacts: DiscoveredArtifacts): DiscoveredArtifacts {
  const grouping = groupArtifacts(warehouse, artifacts);
  return grouping.kind === 'complete' ? grouping.choice.artifacts : artifacts;
}

/** A set that is complete and may still change. */
export interface Settling {
  /** When it will have stayed as it is for long enough, milliseconds since the epoch. */
  readonly untilMs: number;
  /** Is it another set than that of the last pass? */
  readonly isNew: boolean;
}

/**
 * Has a complete set still to prove that it stays as it is? It has when it is looked at, unchanged, after the settle time.
 *
 * The start of that time is the condition's last transition; it starts anew with every other set.
 */
export function stillSettling(
  warehouse: Warehouse,
  rule: GroupRule,
  artifacts: DiscoveredArtifacts,
  nowMs: number,
): Settling | undefined {
  if (rule.settleMs === 0) return undefined;
  const condition = findCondition(warehouse.status?.conditions, grouped);
  const before = warehouse.status?.discoveredArtifacts;
  const isSame =
    condition?.reason === settling &&
    before !== undefined &&
    freightNameOf(warehouse, before) === freightNameOf(warehouse, artifacts);
  const sinceMs = isSame ? Date.parse(condition.lastTransitionTime) : nowMs;
  const untilMs = sinceMs + rule.settleMs;
  const isOver = isSame && untilMs <= nowMs && Date.parse(artifacts.discoveredAt ?? '') >= untilMs;
  return isOver ? undefined : { untilMs, isNew: !isSame };
}

function freightNameOf(warehouse: Warehouse, artifacts: DiscoveredArtifacts): string | undefined {
  return toFreight(warehouse, candidatesOf(warehouse, artifacts))?.metadata.name;
}

/** When a set that settles is to be looked at again, milliseconds since the epoch; `undefined` when none does. */
export function settledAtMs({ metadata, status }: Warehouse): number | undefined {
  const parsed = parseGroupRule(metadata.annotations);
  const condition = findCondition(status?.conditions, grouped);
  if (parsed.kind !== 'rule' || condition?.reason !== settling) return undefined;
  return Date.parse(condition.lastTransitionTime) + parsed.rule.settleMs;
}

/** Does the rule speak of a label that no look has asked for yet? */
export function needsLabels({ metadata, status }: Warehouse): boolean {
  const parsed = parseGroupRule(metadata.annotations);
  return (
    parsed.kind === 'rule' &&
    parsed.rule.key.kind === 'label' &&
    findCondition(status?.conditions, grouped) === undefined
  );
}

/** In words: what a group has in common. */
export function describeKey({ key }: GroupRule): string {
  return key.kind === 'tag' ? 'tag' : `label ${key.name}`;
}

/** In words: who is behind, and by what. */
export function describeLaggards(rule: GroupRule, laggards: readonly Laggard[]): string {
  const what = describeKey(rule);
  return laggards
    .map(({ repoURL, has, lacks }) => {
      const wanted = lacks === '' ? `no ${what}` : `no image with ${what} ${lacks}`;
      const newest = has === undefined ? `its newest has no ${what}` : `its newest has ${has}`;
      return lacks === '' ? `${repoURL} has ${wanted}` : `${repoURL} has ${wanted} (${newest})`;
    })
    .join(', ');
}
