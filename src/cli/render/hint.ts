import type { Output } from '../deps.ts';
import { createPaint } from './style.ts';

/** Writes the kubectl form of what was just done, dim, beside the output proper. */
export function writeHint(notes: Output, command: string): void {
  notes.write(`${createPaint(notes.isTerminal)('dim', `# ${command}`)}\n`);
}
