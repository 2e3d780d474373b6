import { freightCollectionId } from '../freight/name.ts';
import { formatOrigin, isSameOrigin, type Origin } from '../freight/origin.ts';

/** A value copy of a Freight, as statuses embed it. */
export interface FreightCopy {
  readonly name?: string;
  readonly origin?: Origin;
}

/** A set of Freight, one per origin; keys are origins as text. */
export interface FreightSet<Copy extends FreightCopy = FreightCopy> {
  readonly id: string;
  readonly items?: Readonly<Record<string, Copy>>;
}

/** The identity of a set of Freight: a hash of the names in it. */
export function collectionId(items: Readonly<Record<string, FreightCopy>>): string {
  return freightCollectionId(Object.values(items).map((copy) => copy.name ?? ''));
}

/**
 * The set that a Stage will run when the Freight is promoted: what the last Promotion left, for the origins that the
 * Stage still requests, with this Freight in place of its origin's.
 *
 * Source: Kargo's behavior; the inherited set is the last Promotion's, whatever its outcome, unless `inherited` is
 * the deployed one.
 */
export function nextFreightCollection<Copy extends FreightCopy & { readonly origin?: Origin }>(
  freight: Copy,
  inherited: FreightSet<Copy> | undefined,
  requests: readonly { readonly origin: Origin }[],
): FreightSet<Copy> {
  const items: Record<string, Copy> = {};
  for (const [key, copy] of Object.entries(inherited?.items ?? {})) {
    if (requests.some((request) => formatOrigin(request.origin) === key)) items[key] = copy;
  }
  const own =
    requests.find((request) => isSameOrigin(request.origin, freight.origin))?.origin ?? freight.origin;
  if (own !== undefined) items[formatOrigin(own)] = freight;
  return { id: collectionId(items), items };
}
