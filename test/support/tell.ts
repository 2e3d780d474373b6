/** Prints a figure that a test has measured; it decides nothing. */
export function tell(figure: string): void {
  process.stdout.write(`info: ${figure}\n`);
}
