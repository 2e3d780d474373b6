import Table from 'cli-table3';
import type { Output } from '../deps.ts';
import { createPaint, type Tone } from './style.ts';

/** One cell. */
export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

/** A table; every row has as many cells as there are columns. */
export interface TableContent {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const gap = '  ';
/** The last column is never cut below this. */
const minLastWidth = 16;

/** A table without borders as lines of text; on a terminal the last column is cut so that lines fit. */
export function renderTable(content: TableContent, output: Pick<Output, 'isTerminal' | 'columns'>): string {
  const paint = createPaint(output.isTerminal);
  const limit = output.isTerminal ? lastWidth(content, output.columns) : Number.POSITIVE_INFINITY;
  const last = content.columns.length - 1;
  const table = new Table({
    head: content.columns.map((column) => paint('dim', column)),
    chars: { ...noBorders, middle: gap },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of content.rows) {
    table.push(
      row.map(({ text, tone = 'plain' }, index) => paint(tone, index === last ? cut(text, limit) : text)),
    );
  }
  const lines = table.toString().split('\n');
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
};

function lastWidth(content: TableContent, columns: number): number {
  let used = 0;
  for (const [index, title] of content.columns.slice(0, -1).entries()) {
    const widths = content.rows.map((row) => row[index]?.text.length ?? 0);
    used += Math.max(title.length, ...widths) + gap.length;
  }
  return Math.max(minLastWidth, columns - used);
}

function cut(text: string, limit: number): string {
  const line = text.replace(/\s*\n\s*/g, ' ');
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}
