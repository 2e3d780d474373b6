/** Rows in which Gantry is right to differ from the original, with the reason. */
export const deliberateDifferences: ReadonlyMap<string, string> = new Map<string, string>();
