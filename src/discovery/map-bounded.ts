/** Runs `work` for every item, at most `limit` at once; rejects with the first failure and begins nothing after it. */
export async function mapBounded<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  let hasFailed = false;
  async function runLane(): Promise<void> {
    for (const item of { [Symbol.iterator]: () => rest }) {
      if (hasFailed) return;
      await work(item).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, runLane));
}
