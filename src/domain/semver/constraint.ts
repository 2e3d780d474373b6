import { comparePrereleases, compareVersions, parseVersion, type Version } from './version.ts';

/** A parsed constraint: alternatives, each of which is met when all its comparisons are. */
export interface Constraint {
  readonly text: string;
  readonly alternatives: readonly Alternative[];
}

interface Alternative {
  readonly comparisons: readonly Comparison[];
  /** True when a comparison names a prerelease: only then prereleases can meet this alternative. */
  readonly allowsPrerelease: boolean;
}

type Operator = '=' | '!=' | '>' | '<' | '>=' | '<=' | '~' | '^';

interface Comparison {
  readonly operator: Operator;
  readonly version: Version;
  /** Was any number missing or a wildcard? */
  readonly isPartial: boolean;
  /** Was the minor number the first one missing? */
  readonly isMinorOpen: boolean;
  /** Was the patch number the first one missing? */
  readonly isPatchOpen: boolean;
}

const operators: Readonly<Record<string, Operator>> = {
  '': '=',
  '=': '=',
  '!=': '!=',
  '>': '>',
  '<': '<',
  '>=': '>=',
  '=>': '>=',
  '<=': '<=',
  '=<': '<=',
  '~': '~',
  '~>': '~',
  '^': '^',
};

const operatorPattern = '=|!=|>|<|>=|=>|<=|=<|~|~>|\\^|';
// A version with wildcards, e.g. "1.x" or "v1.2.*-rc.1". The bar belongs to the original's character class.
const versionPattern =
  'v?([0-9|xX*]+)(\\.[0-9|xX*]+)?(\\.[0-9|xX*]+)?(-(?:[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+(?:[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?';
const bare = versionPattern.replace(/\((?!\?)/g, '(?:');
const rangePattern = new RegExp(`\\s*(${bare})\\s+-\\s+(${bare})\\s*`, 'g');
const onePattern = new RegExp(`^\\s*(${operatorPattern})\\s*${versionPattern}\\s*$`);
const everyPattern = new RegExp(`(?:${operatorPattern})\\s*(?:${bare})`, 'g');
const listPattern = new RegExp(
  `^(?:\\s*(?:${operatorPattern})\\s*(?:${bare})\\s*)(?:(?:\\s+|,\\s*)(?:${operatorPattern})\\s*(?:${bare})\\s*)*$`,
);
const maxLength = 1024;

/**
 * The constraint that a text names; `undefined` when it names none, the empty text included.
 *
 * Forms: `1.2.3`, `=`, `!=`, `>`, `<`, `>=`, `=>`, `<=`, `=<`, `~`, `~>`, `^`, wildcards `x X *`, ranges `a - b`; a comma or blank
 * means and, `||` means or.
 * Source: Masterminds semver v3.5.
 */
export function parseConstraint(text: string): Constraint | undefined {
  if (text.length > maxLength) return undefined;
  const alternatives: Alternative[] = [];
  for (const part of text.replace(rangePattern, '>=$1, <=$2').split('||')) {
    const alternative = parseAlternative(part);
    if (alternative === undefined) return undefined;
    alternatives.push(alternative);
  }
  return { text, alternatives };
}

function parseAlternative(text: string): Alternative | undefined {
  if (!listPattern.test(text)) return undefined;
  const comparisons: Comparison[] = [];
  for (const item of text.match(everyPattern) ?? [text]) {
    const comparison = parseComparison(item);
    if (comparison === undefined) return undefined;
    comparisons.push(comparison);
  }
  return {
    comparisons,
    allowsPrerelease: comparisons.some((comparison) => comparison.version.prerelease !== ''),
  };
}

function isOpen(part: string | undefined): boolean {
  return part === undefined || /^\.?[xX*]?$/.test(part);
}

function parseComparison(text: string): Comparison | undefined {
  const match = onePattern.exec(text);
  if (match === null) return undefined;
  const [, sign = '', major = '', minor, patch, prerelease = ''] = match;
  const operator = operators[sign];
  const isMajorOpen = isOpen(major);
  const isMinorOpen = !isMajorOpen && isOpen(minor);
  const isPatchOpen = !isMajorOpen && !isMinorOpen && isOpen(patch);
  const numbers = isMajorOpen
    ? '0.0.0'
    : isMinorOpen
      ? `${major}.0.0`
      : isPatchOpen
        ? `${major}${minor ?? ''}.0`
        : `${major}${minor ?? ''}${patch ?? ''}`;
  const version = parseVersion(numbers + prerelease);
  if (operator === undefined || version === undefined) return undefined;
  const isPartial = isMajorOpen || isMinorOpen || isPatchOpen;
  return { operator, version, isPartial, isMinorOpen, isPatchOpen };
}

/** Does the version meet the constraint? */
export function meetsConstraint(version: Version, constraint: Constraint): boolean {
  return constraint.alternatives.some(
    (alternative) =>
      (version.prerelease === '' || alternative.allowsPrerelease) &&
      alternative.comparisons.every((comparison) => meets(version, comparison)),
  );
}

function meets(version: Version, comparison: Comparison): boolean {
  const order = compareVersions(version, comparison.version);
  switch (comparison.operator) {
    case '=':
      return comparison.isPartial ? meetsTilde(version, comparison) : order === 0;
    case '!=':
      return comparison.isPartial ? meetsPartialNot(version, comparison) : order !== 0;
    case '>':
      return comparison.isPartial ? meetsPartialGreater(version, comparison) : order > 0;
    case '<':
      return order < 0;
    case '>=':
      return order >= 0;
    case '<=':
      return comparison.isPartial ? meetsPartialLess(version, comparison) : order <= 0;
    case '~':
      return meetsTilde(version, comparison);
    case '^':
      return meetsCaret(version, comparison);
  }
}

function meetsPartialNot(
  version: Version,
  { version: bound, isMinorOpen, isPatchOpen }: Comparison,
): boolean {
  if (bound.major !== version.major) return true;
  if (isMinorOpen) return false;
  if (bound.minor !== version.minor) return true;
  if (isPatchOpen) return comparePrereleases(version.prerelease, bound.prerelease) !== 0;
  return compareVersions(version, bound) !== 0;
}

/** `>1` means 2.0.0 or more, `>1.2` means 1.3.0 or more. */
function meetsPartialGreater(
  version: Version,
  { version: bound, isMinorOpen, isPatchOpen }: Comparison,
): boolean {
  if (version.major !== bound.major) return version.major > bound.major;
  if (isMinorOpen) return false;
  if (isPatchOpen) return version.minor > bound.minor;
  return compareVersions(version, bound) > 0;
}

function meetsPartialLess(version: Version, { version: bound, isMinorOpen }: Comparison): boolean {
  if (version.major !== bound.major) return version.major < bound.major;
  return isMinorOpen || version.minor <= bound.minor;
}

function meetsTilde(version: Version, { version: bound, isMinorOpen, isPatchOpen }: Comparison): boolean {
  if (compareVersions(version, bound) < 0) return false;
  const isZero = bound.major === 0n && bound.minor === 0n && bound.patch === 0n;
  // ~0.0.0 and a wildcard alone accept everything from there on.
  if (isZero && !isMinorOpen && !isPatchOpen) return true;
  return version.major === bound.major && (isMinorOpen || version.minor === bound.minor);
}

/** Keeps the first number that is not zero. */
function meetsCaret(version: Version, { version: bound, isMinorOpen, isPatchOpen }: Comparison): boolean {
  if (compareVersions(version, bound) < 0) return false;
  if (bound.major > 0n || isMinorOpen) return version.major === bound.major;
  if (version.major > 0n) return false;
  if (bound.minor > 0n || isPatchOpen) return version.minor === bound.minor;
  return version.minor === 0n && version.patch === bound.patch;
}
