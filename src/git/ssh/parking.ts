import type { Clock } from '../../ports/index.ts';

/** What may be kept, and for how long. */
export interface ParkingLimits {
  readonly maxPerPlace: number;
  readonly stayMs: number;
}

interface Parked<Item> {
  readonly item: Item;
  readonly stop: () => void;
}

/** Keeps things that may be of use again soon, by place; what stays too long or is too much is told to leave. */
export class Parking<Item> {
  readonly #clock: Clock;
  readonly #limits: ParkingLimits;
  readonly #leave: (item: Item) => void;
  readonly #places = new Map<string, Parked<Item>[]>();

  constructor(clock: Clock, limits: ParkingLimits, leave: (item: Item) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#leave = leave;
  }

  put(place: string, item: Item): void {
    const there = this.#places.get(place) ?? [];
    if (there.length >= this.#limits.maxPerPlace) {
      this.#leave(item);
      return;
    }
    const stop = this.#clock.schedule(this.#limits.stayMs, () => {
      this.#remove(place, parked);
      this.#leave(item);
    });
    const parked = { item, stop };
    this.#places.set(place, [...there, parked]);
  }

  /** What was put there last. */
  take(place: string): Item | undefined {
    const parked = this.#places.get(place)?.at(-1);
    if (parked === undefined) return undefined;
    parked.stop();
    this.#remove(place, parked);
    return parked.item;
  }

  /** Tells everything to leave. */
  clear(): void {
    for (const place of [...this.#places.keys()]) {
      for (let item = this.take(place); item !== undefined; item = this.take(place)) this.#leave(item);
    }
  }

  #remove(place: string, parked: Parked<Item>): void {
    const left = (this.#places.get(place) ?? []).filter((other) => other !== parked);
    if (left.length > 0) this.#places.set(place, left);
    else this.#places.delete(place);
  }
}
