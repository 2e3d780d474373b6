/** ", did you mean …?" with the names that are close to a wrong one; empty when none is. */
export function nearestNames(wrong: string, names: readonly string[]): string {
  const limit = Math.max(1, Math.floor(wrong.length / 3));
  const near = names
    .map((name) => ({ name, distance: distanceOf(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => `"${name}"`);
  return near.length === 0 ? '' : `, did you mean ${near.join(' or ')}?`;
}

/** At most a few names as a list in a sentence, with the number of those left out. */
export function listNames(names: readonly string[], limit = 8): string {
  if (names.length === 0) return 'nothing';
  const shown = [...names].sort().slice(0, limit);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

/** Edits (insert, delete, replace, swap of neighbors) between two short texts. */
function distanceOf(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 4 || a.length > 60) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
