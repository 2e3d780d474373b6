/** A semantic version. Numbers are 64-bit unsigned. */
export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Without the dash; empty for releases. */
  readonly prerelease: string;
  /** Build metadata without the plus; never compared. */
  readonly metadata: string;
  /** The text it was read from. */
  readonly original: string;
}

// A version with optional parts, e.g. "v1.2-rc.1+b5".
const loose =
  /^v?(?<major>\d+)(?:\.(?<minor>\d+))?(?:\.(?<patch>\d+))?(?:-(?<prerelease>[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+(?<metadata>[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?$/;
// The same with all three numbers and no zero before a number.
const strict =
  /^v?(?<major>0|[1-9]\d*)\.(?<minor>0|[1-9]\d*)\.(?<patch>0|[1-9]\d*)(?:-(?<prerelease>[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+(?<metadata>[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?$/;

const largest = 2n ** 64n - 1n;
const maxLength = 256;

/**
 * The version that a text names; `undefined` when it names none.
 *
 * Strict: three numbers without leading zeros, a leading "v" allowed. Loose: missing numbers are zero, leading zeros are dropped.
 * Source: Masterminds semver v3 as Kargo uses it.
 */
export function parseVersion(text: string, isStrict = false): Version | undefined {
  if (text.length > maxLength) return undefined;
  const groups = (isStrict ? strict : loose).exec(text)?.groups;
  if (groups === undefined) return undefined;
  const [major, minor, patch] = ['major', 'minor', 'patch'].map((name) => BigInt(groups[name] ?? '0'));
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  if (major > largest || minor > largest || patch > largest) return undefined;
  const prerelease = groups['prerelease'] ?? '';
  // A number within a prerelease has no leading zero.
  if (prerelease.split('.').some((part) => /^0\d+$/.test(part))) return undefined;
  return { major, minor, patch, prerelease, metadata: groups['metadata'] ?? '', original: text };
}

/** The canonical text of a version: three numbers, prerelease, metadata, no "v". */
export function formatVersion(version: Version): string {
  const { major, minor, patch, prerelease, metadata } = version;
  const tail = `${prerelease === '' ? '' : `-${prerelease}`}${metadata === '' ? '' : `+${metadata}`}`;
  return `${major}.${minor}.${patch}${tail}`;
}

/** The next version in one part. A "v" of the original stays; the next patch of a prerelease is its release. */
export function incrementVersion(version: Version, part: 'major' | 'minor' | 'patch'): Version {
  const numbers = incrementNumbers(version, part);
  const next: Version = { ...numbers, prerelease: '', metadata: '', original: '' };
  const prefix = /^v/i.test(version.original) ? version.original.slice(0, 1) : '';
  return { ...next, original: prefix + formatVersion(next) };
}

function incrementNumbers(
  { major, minor, patch, prerelease }: Version,
  part: 'major' | 'minor' | 'patch',
): Pick<Version, 'major' | 'minor' | 'patch'> {
  if (part === 'major') return { major: major + 1n, minor: 0n, patch: 0n };
  if (part === 'minor') return { major, minor: minor + 1n, patch: 0n };
  return { major, minor, patch: prerelease === '' ? patch + 1n : patch };
}

/** Order of two versions: -1, 0 or 1. Metadata does not count. */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  return (
    compareNumbers(a.major, b.major) ||
    compareNumbers(a.minor, b.minor) ||
    compareNumbers(a.patch, b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

function compareNumbers(a: bigint, b: bigint): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Order of two prereleases; none comes after any. */
export function comparePrereleases(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === '') return 1;
  if (b === '') return -1;
  const left = a.split('.');
  const right = b.split('.');
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = comparePart(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: string | undefined, b: string | undefined): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const isNumberA = isNumber(a);
  const isNumberB = isNumber(b);
  if (isNumberA && isNumberB) return BigInt(a) > BigInt(b) ? 1 : -1;
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return a > b ? 1 : -1;
}

function isNumber(part: string): boolean {
  return /^\d+$/.test(part) && BigInt(part) <= largest;
}

/**
 * Texts that name versions, best first: descending, equal versions by their text descending. Texts that name none are
 * left out.
 *
 * Source: Kargo's selection order.
 */
export function sortVersions(texts: readonly string[], isStrict = false): readonly Version[] {
  const versions = texts.flatMap((text) => parseVersion(text, isStrict) ?? []);
  return versions.sort(
    (a, b) => compareVersions(b, a) || (a.original < b.original ? 1 : a.original > b.original ? -1 : 0),
  );
}
