const contextLines = 3;

interface Edit {
  readonly kind: 'same' | 'removed' | 'added';
  readonly line: string;
}

/** The unified diff of two small texts, without a header; empty when they are equal. */
export function unifiedDiff(before: string, after: string): readonly string[] {
  const edits = diffLines(before.split('\n'), after.split('\n'));
  const shown = new Set<number>();
  for (const [index, { kind }] of edits.entries()) {
    if (kind === 'same') continue;
    for (let near = index - contextLines; near <= index + contextLines; near += 1) shown.add(near);
  }
  const lines: string[] = [];
  let previous = -1;
  let oldLine = 1;
  let newLine = 1;
  for (const [index, { kind, line }] of edits.entries()) {
    if (shown.has(index)) {
      if (index !== previous + 1 || previous < 0) lines.push(`@@ -${oldLine} +${newLine} @@`);
      previous = index;
      lines.push(`${{ same: ' ', removed: '-', added: '+' }[kind]}${line}`);
    }
    if (kind !== 'added') oldLine += 1;
    if (kind !== 'removed') newLine += 1;
  }
  return lines;
}

/** The longest common subsequence keeps its lines; quadratic, for files of some hundred lines. */
function diffLines(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const isEqual = before[row] === after[column];
      common[row * width + column] = isEqual
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const edits: Edit[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    const old = before[row];
    const next = after[column];
    if (old !== undefined && old === next) {
      edits.push({ kind: 'same', line: old });
      row += 1;
      column += 1;
    } else if (old !== undefined && (next === undefined || at(row + 1, column) >= at(row, column + 1))) {
      edits.push({ kind: 'removed', line: old });
      row += 1;
    } else if (next !== undefined) {
      edits.push({ kind: 'added', line: next });
      column += 1;
    }
  }
  return edits;
}
