/**
 * The annotation with the instant of minting to the millisecond (RFC 3339), set by admission when a Freight is created;
 * `discoveredAt` has whole seconds, too coarse to order Freight minted in a burst.
 */
export const mintedAtAnnotation = 'gantry.io/minted-at';

const believedWithinMs = 60_000;

/** What the age of a Freight is told from. */
export interface AgedFreight {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly discoveredAt?: string;
}

/** When the Freight was discovered: what it says itself, else when it was created. Milliseconds since the epoch. */
export function discoveredAtMs(freight: AgedFreight): number {
  const parsed = Date.parse(freight.discoveredAt ?? freight.metadata.creationTimestamp ?? '');
  return Number.isNaN(parsed) ? 0 : parsed;
}

/**
 * Orders Freight of one origin, newest first: by discovery time, then by the order of minting, then by name descending.
 *
 * `lastMinted` is the name of the Freight that the Warehouse minted last; it decides among equals. (Kargo goes by name
 * at once, so that of two Freight minted in one second the older one can win for ever.)
 */
export function compareNewestFirst(a: AgedFreight, b: AgedFreight, lastMinted?: string): number {
  const byTime = discoveredAtMs(b) - discoveredAtMs(a);
  if (byTime !== 0) return byTime;
  const byMinting = mintedAtMs(b) - mintedAtMs(a);
  if (byMinting !== 0) return byMinting;
  if (a.metadata.name === b.metadata.name) return 0;
  if (a.metadata.name === lastMinted) return -1;
  if (b.metadata.name === lastMinted) return 1;
  return a.metadata.name > b.metadata.name ? -1 : 1;
}

/** Only an instant shortly after the discovery is believed: anything else was copied from another object. */
function mintedAtMs(freight: AgedFreight): number {
  const discoveredMs = discoveredAtMs(freight);
  const minted = Date.parse(freight.metadata.annotations?.[mintedAtAnnotation] ?? '');
  return minted >= discoveredMs && minted < discoveredMs + believedWithinMs ? minted : discoveredMs;
}
