import type { Problem } from '../problem.ts';

/** Where an offset stands: line and column from 1; columns count characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset. */
export function positionOf(source: string, offset: number): Position {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
}

/** A problem in one line: message, position, and the hint if there is one. */
export function formatProblem(source: string, problem: Problem): string {
  const { line, column } = positionOf(source, problem.start);
  const hint = problem.hint === undefined ? '' : `; ${problem.hint}`;
  return `${problem.message} (line ${line}, column ${column})${hint}`;
}

const maxShown = 120;

/**
 * A problem as a person reads it: message and position, the line of the source, and carets below the range.
 *
 * Shape: three lines joined by line feeds; long lines are cut around the range.
 */
export function formatDiagnostic(source: string, problem: Problem): string {
  const lineStart = source.lastIndexOf('\n', Math.max(0, problem.start - 1)) + 1;
  const isAtBreak = source[problem.start] === '\n' && problem.start < lineStart;
  const start = isAtBreak ? problem.start : lineStart;
  const lineEnd = source.indexOf('\n', problem.start);
  const line = source.slice(start, lineEnd < 0 ? source.length : lineEnd);
  const from = problem.start - start;
  const to = Math.max(from + 1, Math.min(problem.end - start, line.length));
  const cut = Math.max(0, from - maxShown / 2);
  const shown = line.slice(cut, cut + maxShown).replaceAll('\t', ' ');
  const lead = [...line.slice(cut, from)].length;
  const width = Math.min([...line.slice(from, to)].length, maxShown - lead);
  return `${formatProblem(source, problem)}\n  ${shown}\n  ${' '.repeat(lead)}${'^'.repeat(Math.max(1, width))}`;
}
