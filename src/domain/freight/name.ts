import { sha1Hex } from '../../base/index.ts';
import { normalizeChartUrl, normalizeGitUrl } from '../urls/index.ts';
import { formatOrigin, type Origin } from './origin.ts';

/** The members of a Freight that its name is made of. */
export interface FreightContent {
  readonly origin?: Origin;
  readonly commits?: readonly {
    readonly repoURL?: string;
    readonly id?: string;
    readonly tag?: string;
    readonly subscriptionName?: string;
  }[];
  readonly images?: readonly {
    readonly repoURL?: string;
    readonly tag?: string;
    readonly digest?: string;
    readonly subscriptionName?: string;
  }[];
  readonly charts?: readonly {
    readonly repoURL?: string;
    readonly name?: string;
    readonly version?: string;
    readonly subscriptionName?: string;
  }[];
  readonly artifacts?: readonly {
    readonly artifactType?: string;
    readonly subscriptionName?: string;
    readonly version?: string;
  }[];
}

/**
 * The name of a Freight: 40 hex digits that depend on its origin and artifacts alone.
 *
 * Guarantees: the order of the artifacts does not matter; branch, message, annotations, alias and times neither.
 * Source: Kargo's recipe, pinned down by the conformance table freight-id.
 */
export function freightName(freight: FreightContent): string {
  const parts = artifactParts(freight);
  parts.sort(compareBytes);
  return sha1Hex(`${formatOrigin(freight.origin ?? { kind: '', name: '' })}:${parts.join('|')}`);
}

/** The identity of a set of Freight: a hash of the sorted names; empty for an empty set. */
export function freightCollectionId(freightNames: readonly string[]): string {
  if (freightNames.length === 0) return '';
  return sha1Hex([...freightNames].sort(compareBytes).join(','));
}

/** The key under which a chart is known: normalized repository URL and chart name, joined and cleaned as a path. */
export function chartKey(repoURL: string, name: string): string {
  return joinPath(normalizeChartUrl(repoURL), name);
}

function artifactParts(freight: FreightContent): string[] {
  const commits = (freight.commits ?? []).map((commit) =>
    withSubscription(
      commit.tag === undefined || commit.tag === ''
        ? `${normalizeGitUrl(commit.repoURL ?? '')}:${commit.id ?? ''}`
        : `${normalizeGitUrl(commit.repoURL ?? '')}:${commit.tag}:${commit.id ?? ''}`,
      commit.subscriptionName,
    ),
  );
  const images = (freight.images ?? []).map((image) =>
    withSubscription(
      `${image.repoURL ?? ''}:${image.tag ?? ''}@${image.digest ?? ''}`,
      image.subscriptionName,
    ),
  );
  const charts = (freight.charts ?? []).map((chart) =>
    withSubscription(
      `${chartKey(chart.repoURL ?? '', chart.name ?? '')}:${chart.version ?? ''}`,
      chart.subscriptionName,
    ),
  );
  const artifacts = (freight.artifacts ?? []).map(
    (artifact) =>
      `${artifact.artifactType ?? ''}:${artifact.subscriptionName ?? ''}:${artifact.version ?? ''}`,
  );
  return [...commits, ...images, ...charts, ...artifacts];
}

function withSubscription(part: string, subscriptionName: string | undefined): string {
  return subscriptionName === undefined || subscriptionName === '' ? part : `${part}:${subscriptionName}`;
}

/** Joins and cleans as slash-separated paths are cleaned: no empty, "." or resolvable ".." elements, "//" becomes "/". */
function joinPath(...elements: readonly string[]): string {
  const joined = elements.filter((element) => element !== '').join('/');
  if (joined === '') return '';
  const isRooted = joined.startsWith('/');
  const kept: string[] = [];
  for (const element of joined.split('/')) {
    if (element === '' || element === '.') continue;
    if (element !== '..') kept.push(element);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push('..');
  }
  const path = kept.join('/');
  if (isRooted) return `/${path}`;
  return path === '' ? '.' : path;
}

/** Orders as the UTF-8 bytes do; comparing UTF-16 units would put characters beyond the basic plane elsewhere. */
function compareBytes(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let index = 0; index < left.length && index < right.length; index += 1) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
