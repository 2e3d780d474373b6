import type { JsonObject } from '../../src/base/index.ts';
import {
  compareVersions,
  formatVersion,
  incrementVersion,
  meetsConstraint,
  parseConstraint,
  parseVersion,
  sortVersions,
  type Version,
} from '../../src/domain/semver/index.ts';
import { compareOutcome, type Outcome, type Row, type Table } from './table.ts';

/** Versions and constraints. */
export const semverTable: Table = { name: 'semver', prepare: () => runSemver };

function runSemver(row: Row): Outcome {
  const { input } = row;
  switch (input['op']) {
    case 'parse': {
      const version = parseVersion(String(input['version']), input['strict'] === true);
      return compareOutcome(row.expect, version === undefined ? null : describe(version));
    }
    case 'inc':
      return compareOutcome(row.expect, incremented(String(input['version'])));
    case 'compare': {
      const [a, b] = [parseVersion(String(input['a'])), parseVersion(String(input['b']))];
      return compareOutcome(row.expect, a === undefined || b === undefined ? null : compareVersions(a, b));
    }
    case 'check':
      return checkConstraint(row);
    case 'sort': {
      const sorted = sortVersions(input['tags'] as readonly string[], input['strict'] === true);
      return compareOutcome(
        row.expect,
        sorted.map((version) => version.original),
      );
    }
    default:
      return { passed: false, actual: `unknown operation ${String(input['op'])}` };
  }
}

function describe(version: Version): JsonObject {
  return {
    major: String(version.major),
    minor: String(version.minor),
    patch: String(version.patch),
    prerelease: version.prerelease,
    metadata: version.metadata,
    original: version.original,
    string: formatVersion(version),
  };
}

function incremented(text: string): JsonObject | null {
  const version = parseVersion(text);
  if (version === undefined) return null;
  const parts = (['major', 'minor', 'patch'] as const).map((part) => {
    const next = incrementVersion(version, part);
    return [part, { string: formatVersion(next), original: next.original }] as const;
  });
  return Object.fromEntries(parts);
}

function checkConstraint(row: Row): Outcome {
  const constraint = parseConstraint(String(row.input['constraint']));
  if (constraint === undefined) return { passed: row.error === true, actual: 'no constraint' };
  if (row.error === true) return { passed: false, actual: constraint.alternatives.length };
  const matching = (row.input['versions'] as readonly string[]).filter((text) => {
    const version = parseVersion(text);
    return version !== undefined && meetsConstraint(version, constraint);
  });
  return compareOutcome(row.expect, matching);
}
