import type { Output } from '../deps.ts';
import { createPaint } from './style.ts';

/** Writes the one line that a failed command says. */
export function writeError(notes: Output, line: string): void {
  notes.write(`${createPaint(notes.isTerminal)('bad', 'error:')} ${line}\n`);
}
