import type { Freight, FreightReference, Promotion } from '../../api/v1alpha1/index.ts';

/** Number of hexadecimal digits that stand for a digest or commit where people read it. */
const shortLength = 8;

/** The beginning of a digest or commit id, without the algorithm. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, shortLength);
}

/** What people call a Freight: its alias, else the beginning of its name. */
export function freightLabel(name: string | undefined, freight: readonly Freight[]): string {
  if (name === undefined || name === '') return 'none';
  const alias = freight.find((item) => item.metadata.name === name)?.alias;
  return alias === undefined || alias === '' ? name.slice(0, shortLength) : alias;
}

/** One artifact for people: the last part of its repository, and its digest, commit or version. */
export interface ArtifactLabel {
  readonly name: string;
  readonly version: string;
}

/** The artifacts of a Freight, in its order: images, commits, charts, others. */
export function artifactLabels(freight: FreightReference | Freight): readonly ArtifactLabel[] {
  return [
    ...(freight.images ?? []).map(({ repoURL, digest, tag }) => ({
      name: lastPart(repoURL),
      version: digest === undefined ? (tag ?? '') : shortDigest(digest),
    })),
    ...(freight.commits ?? []).map(({ repoURL, id }) => ({
      name: lastPart(repoURL).replace(/\.git$/, ''),
      version: shortDigest(id ?? ''),
    })),
    ...(freight.charts ?? []).map(({ repoURL, name, version }) => ({
      name: name === undefined || name === '' ? lastPart(repoURL) : name,
      version: version ?? '',
    })),
    ...(freight.artifacts ?? []).map(({ subscriptionName, version }) => ({
      name: subscriptionName,
      version,
    })),
  ];
}

/** A pull request that a Promotion has opened. */
export interface OpenedPullRequest {
  readonly number: number;
  readonly url: string;
}

/**
 * The newest pull request among the outputs of a Promotion's steps.
 *
 * Shape: the output of git-open-pr, `{pr: {id, url}}`, under the alias of the step.
 */
export function pullRequestOf(promotion: Promotion): OpenedPullRequest | undefined {
  let newest: OpenedPullRequest | undefined;
  const aliases = new Set([
    ...(promotion.status?.stepExecutionMetadata ?? []).map((record) => record.alias ?? ''),
    ...Object.keys(promotion.status?.state ?? {}),
  ]);
  for (const alias of aliases) newest = readPullRequest(promotion.status?.state?.[alias]) ?? newest;
  return newest;
}

function readPullRequest(output: unknown): OpenedPullRequest | undefined {
  const found = member(output, 'pr');
  const number = member(found, 'id');
  const url = member(found, 'url');
  return typeof number === 'number' && typeof url === 'string' ? { number, url } : undefined;
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

function lastPart(url: string | undefined): string {
  return (url ?? '').split('/').at(-1) ?? '';
}
