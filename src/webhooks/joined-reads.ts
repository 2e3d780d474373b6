import { keyText } from '../api/meta/index.ts';
import { createFlights } from '../flights/index.ts';
import type { KubeReader } from '../ports/index.ts';

/** What admission reads with. */
export type LiveReader = Pick<KubeReader, 'getLive' | 'listLive'>;

/**
 * A reader that asks once for what several admissions want to know at the same time.
 *
 * Guarantees: nobody gets anything older than the moment at which they asked.
 */
export function joinReads(reader: LiveReader): LiveReader {
  // What is found under a key is always of the type that the key names.
  const one = createFlights<never>();
  const many = createFlights<never>();
  return {
    getLive: (type, key, signal) =>
      one.join(
        `${type.plural}.${type.group} ${keyText(key)}`,
        true,
        (own) => reader.getLive(type, key, own) as Promise<never>,
        signal,
      ),
    listLive: (type, selection, signal) =>
      many.join(
        `${type.plural}.${type.group} ${JSON.stringify(selection)}`,
        true,
        (own) => reader.listLive(type, selection, own) as Promise<never>,
        signal,
      ),
  };
}
