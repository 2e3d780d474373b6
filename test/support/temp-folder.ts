import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder in the system's place for such, removed when it is disposed. */
export function createTempFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'gantry-test-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
