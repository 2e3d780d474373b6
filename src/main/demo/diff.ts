const contextLines = 3;

interface Edit {
  readonly kind: 'same' | 'removed' | 'added';
  readonly line: string;
}

/** The unified diff of two small texts, without a header; empty when they are equal. */
export function unifiedDiff(before: string, after: string): readonly string[] {
  const edits = diffLines(before.split('\n'), after.split('\n'));
  return hunksOf(edits).flatMap(({ start, end }) => {
    const hunk = edits.slice(start, end);
    const count = (kind: Edit['kind'], list: readonly Edit[]): number =>
      list.filter((edit) => edit.kind === 'same' || edit.kind === kind).length;
    const above = edits.slice(0, start);
    const oldRange = `${count('removed', above) + 1},${count('removed', hunk)}`;
    const newRange = `${count('added', above) + 1},${count('added', hunk)}`;
    return [`@@ -${oldRange} +${newRange} @@`, ...hunk.map(({ kind, line }) => `${signs[kind]}${line}`)];
  });
}

const signs = { same: ' ', removed: '-', added: '+' } as const;

/** Ranges of edits that are shown together: changes with their surroundings, joined where those meet. */
function hunksOf(edits: readonly Edit[]): readonly { readonly start: number; readonly end: number }[] {
  const hunks: { start: number; end: number }[] = [];
  for (const [index, { kind }] of edits.entries()) {
    if (kind === 'same') continue;
    const start = Math.max(0, index - contextLines);
    const end = Math.min(edits.length, index + contextLines + 1);
    const last = hunks.at(-1);
    if (last !== undefined && start <= last.end) last.end = end;
    else hunks.push({ start, end });
  }
  return hunks;
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
