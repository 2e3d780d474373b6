import type { Output } from '../deps.ts';

/** Prints the version of the program. */
export function version(text: string, output: Output): void {
  output.write(`gantry ${text}\n`);
}
