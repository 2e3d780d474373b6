/** What the order of Promotions depends on. */
export interface OrderedPromotion {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly phase?: string };
}

const terminalPhases: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Errored', 'Aborted']);

/** Has a Promotion in this phase ended for good? A new Promotion has no phase. */
export function isTerminalPhase(phase: string | undefined): boolean {
  return phase !== undefined && terminalPhases.has(phase);
}

/** Has this Promotion ended for good? */
export function isTerminal(promotion: OrderedPromotion): boolean {
  return isTerminalPhase(promotion.status?.phase);
}

/**
 * Orders Promotions of one Stage: running first, then the waiting ones oldest first, then the ended ones newest first.
 *
 * Source: Kargo's order; names carry a ULID, so that comparing names compares ages.
 */
export function comparePromotions(a: OrderedPromotion, b: OrderedPromotion): number {
  const difference = rankOf(a) - rankOf(b);
  if (difference !== 0) return difference;
  const byName = compareNames(a.metadata.name, b.metadata.name);
  return isTerminal(a) ? -byName : byName;
}

/** Orders names as bytes; Kubernetes names are ASCII. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function rankOf(promotion: OrderedPromotion): number {
  if (promotion.status?.phase === 'Running') return 0;
  return isTerminal(promotion) ? 2 : 1;
}
