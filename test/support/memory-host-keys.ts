import type { HostKeys } from '../../src/ports/index.ts';

/** The keys of SSH hosts, remembered by the test alone; `keys` can be read and changed. */
export function createMemoryHostKeys(): HostKeys & { readonly keys: Map<string, string[]> } {
  const keys = new Map<string, string[]>();
  return {
    keys,
    find: async (host) => keys.get(host) ?? [],
    async record(host, key) {
      const known = keys.get(host) ?? [key];
      keys.set(host, known);
      return known;
    },
  };
}
