/** Something that waits for its turn. */
export interface Waiting {
  readonly party: string;
  readonly isAwaited: boolean;
}

/** Who is next: what is awaited goes first, and within that the parties take turns. */
export interface TurnQueue<T extends Waiting> {
  readonly length: number;
  /** Does anything wait that is awaited? */
  readonly hasAwaited: boolean;
  add(item: T): void;
  /** Takes an item away that no longer waits. */
  remove(item: T): void;
  /** The next one of those that may go; it is taken away. */
  next(mayGo: (item: T) => boolean): T | undefined;
  items(): readonly T[];
}

/** Of so many turns one goes to what is only polled, however much is awaited. */
const pollingShare = 5;

/** Creates a queue; each party's own items keep their order. */
export function createTurnQueue<T extends Waiting>(): TurnQueue<T> {
  // Maps keep the order of insertion: the party that had its turn goes to the end.
  const awaited = new Map<string, T[]>();
  const polled = new Map<string, T[]>();
  let length = 0;
  let turns = 0;

  function take(parties: Map<string, T[]>, mayGo: (item: T) => boolean): T | undefined {
    for (const [party, items] of parties) {
      const index = items.findIndex(mayGo);
      const item = items[index];
      if (item === undefined) continue;
      items.splice(index, 1);
      parties.delete(party);
      if (items.length > 0) parties.set(party, items);
      length--;
      return item;
    }
    return undefined;
  }

  return {
    get length() {
      return length;
    },
    get hasAwaited() {
      return awaited.size > 0;
    },
    add(item) {
      const parties = item.isAwaited ? awaited : polled;
      const items = parties.get(item.party);
      if (items === undefined) parties.set(item.party, [item]);
      else items.push(item);
      length++;
    },
    remove(item) {
      const parties = item.isAwaited ? awaited : polled;
      const items = parties.get(item.party);
      const index = items?.indexOf(item) ?? -1;
      if (items === undefined || index < 0) return;
      items.splice(index, 1);
      if (items.length === 0) parties.delete(item.party);
      length--;
    },
    next(mayGo) {
      turns++;
      const isPollingsTurn = turns % pollingShare === 0;
      const [first, second] = isPollingsTurn ? [polled, awaited] : [awaited, polled];
      return take(first, mayGo) ?? take(second, mayGo);
    },
    items: () => [...awaited.values(), ...polled.values()].flat(),
  };
}
