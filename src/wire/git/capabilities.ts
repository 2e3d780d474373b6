import { gitWireErrors } from './errors.ts';

/** Capabilities by name; a name that occurs several times (symref) has several values, one without "=" has none. */
export type Capabilities = ReadonlyMap<string, readonly string[]>;

/** Reads "a b=c b=d" as sent in protocol version 0. Total. */
export function parseCapabilities(text: string): Capabilities {
  return toCapabilities(text.split(' ').filter((item) => item !== ''));
}

/** Reads one capability per item. Total. */
export function toCapabilities(items: readonly string[]): Capabilities {
  const found = new Map<string, string[]>();
  for (const item of items) {
    const equals = item.indexOf('=');
    const name = equals < 0 ? item : item.slice(0, equals);
    const values = found.get(name) ?? [];
    if (equals >= 0) values.push(item.slice(equals + 1));
    found.set(name, values);
  }
  return found;
}

/** One item per capability and value, as sent. */
export function formatCapabilities(capabilities: Capabilities): string[] {
  return [...capabilities].flatMap(([name, values]) =>
    values.length === 0 ? [name] : values.map((value) => `${name}=${value}`),
  );
}

/** Does a capability's value, a list of words, contain this one? E.g. "fetch" with "filter". */
export function hasFeature(capabilities: Capabilities, name: string, feature: string): boolean {
  return capabilities.get(name)?.some((value) => value.split(' ').includes(feature)) ?? false;
}

/** Refuses a repository with other object names than SHA-1. Errors: git-wire.unsupported. */
export function assertSha1(capabilities: Capabilities): void {
  const format = capabilities.get('object-format')?.[0] ?? 'sha1';
  if (format !== 'sha1') {
    throw gitWireErrors.create('git-wire.unsupported', `object names in "${format}" are not supported`);
  }
}
