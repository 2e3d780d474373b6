import { sha256Hex } from '../../base/index.ts';

const labelValueLimit = 63;
const resourceNameLimit = 253;
const hashLength = 8;

/**
 * A label value that stands for `value`: itself up to 63 characters, else its beginning and a hash.
 *
 * Guarantees: never changes between releases; labels written by Kargo and by Gantry are equal.
 */
export function shortenLabelValue(value: string): string {
  return shorten(value, labelValueLimit);
}

/** A resource name that stands for `value`: itself up to 253 characters, else its beginning and a hash. */
export function shortenResourceName(value: string): string {
  return shorten(value, resourceNameLimit);
}

function shorten(value: string, limit: number): string {
  if (value.length <= limit) return value;
  const beginning = value.slice(0, limit - hashLength - 1).replace(/-+$/, '');
  return `${beginning}-${sha256Hex(value).slice(0, hashLength)}`;
}
