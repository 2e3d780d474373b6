/** The same passage in base, ours and theirs. */
export type Passage = readonly [string[], string[], string[]];

interface Anchor {
  /** Where the line stands in base, ours and theirs. */
  readonly at: readonly [number, number, number];
}

/**
 * Splits three texts at the lines that occur once in each of them and in the same order, as patience diff does.
 *
 * Guarantees: the passages joined are the texts; each anchor is a passage of its own, alike on all sides.
 */
export function splitAtAnchors(o: string[], a: string[], b: string[]): Passage[] {
  const passages: Passage[] = [];
  let [fromO, fromA, fromB] = [0, 0, 0];
  const cut = (toO: number, toA: number, toB: number): void => {
    if (toO > fromO || toA > fromA || toB > fromB) {
      passages.push([o.slice(fromO, toO), a.slice(fromA, toA), b.slice(fromB, toB)]);
    }
    [fromO, fromA, fromB] = [toO, toA, toB];
  };
  for (const { at } of findAnchors(o, a, b)) {
    cut(...at);
    cut(at[0] + 1, at[1] + 1, at[2] + 1);
  }
  cut(o.length, a.length, b.length);
  return passages;
}

function findAnchors(o: string[], a: string[], b: string[]): Anchor[] {
  const [inO, inA, inB] = [findUnique(o), findUnique(a), findUnique(b)];
  const anchors: Anchor[] = [];
  for (const [line, atO] of inO) {
    const atA = inA.get(line);
    const atB = inB.get(line);
    if (atA !== undefined && atB !== undefined) anchors.push({ at: [atO, atA, atB] });
  }
  return longestRising(longestRising(anchors, 1), 2);
}

/** Lines that occur once, with their places, in order. */
function findUnique(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [at, line] of lines.entries()) {
    if (places.has(line)) repeated.add(line);
    else places.set(line, at);
  }
  for (const line of repeated) places.delete(line);
  return places;
}

/** The longest part of a list in which the places in one text rise. */
function longestRising(anchors: readonly Anchor[], side: 1 | 2): Anchor[] {
  interface Link {
    readonly anchor: Anchor;
    readonly before: Link | undefined;
  }
  const tails: Link[] = [];
  for (const anchor of anchors) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle]?.anchor.at[side] ?? 0) < anchor.at[side]) low = middle + 1;
      else high = middle;
    }
    tails[low] = { anchor, before: tails[low - 1] };
  }
  const rising: Anchor[] = [];
  for (let link = tails.at(-1); link !== undefined; link = link.before) rising.push(link.anchor);
  return rising.reverse();
}
