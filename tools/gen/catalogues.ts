import { structuralErrors } from '../../src/api/structural/index.ts';
import type { ErrorEntry } from '../../src/base/index.ts';

/** One module's error codes, and where they are declared. */
export interface Catalogue {
  /** The `errors.ts` that declares the codes; a test compares this list with the files on disk. */
  readonly file: string;
  readonly entries: Readonly<Record<string, ErrorEntry>>;
}

/** All error codes of the program, by file. A new `errors.ts` gets a line here. */
export const catalogues: readonly Catalogue[] = [
  { file: 'src/api/structural/errors.ts', entries: structuralErrors.entries },
];
