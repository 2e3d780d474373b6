import { assertNever } from '../../base/index.ts';
import {
  normalizeChartUrl,
  normalizeGitUrl,
  normalizeImageUrl,
  parseTimestampMs,
  readTruth,
} from '../../domain/index.ts';
import {
  anyType,
  createLanguage,
  type Environment,
  type FunctionSignature,
  formatProblem,
  Instant,
  nilMap,
  plain,
  Record_,
  type RecordField,
  stringType,
  TextTable,
  utc,
  type Value,
} from '../../expr/index.ts';
import type { DiscoveredArtifacts, EvaluateCriteria } from './types.ts';

/** Functions that `freightCreationCriteria` knows. */
export const criteriaFunctions: readonly FunctionSignature[] = [
  signatureOf('commitFrom', 'repoURL: string', 'commit', 'The newest commit of a git repository.', 1),
  signatureOf('imageFrom', 'repoURL: string', 'image', 'The newest image of an image repository.', 1),
  signatureOf('chartFrom', 'repoURL: string, name?: string', 'chart', 'The newest version of a chart.', 1, 2),
  signatureOf(
    'artifactFrom',
    'subscription: string',
    'artifact',
    'The newest artifact of a subscription.',
    1,
  ),
];

const language = createLanguage({ functions: criteriaFunctions });

/**
 * Evaluates `freightCreationCriteria.expression` over what the subscriptions found; blank is true, and so is everything
 * when only generic artifacts were found.
 *
 * Source: Kargo's behavior: names of fields are Go's, and texts that Go reads as a boolean count as one.
 */
export const evaluateCriteria: EvaluateCriteria = (expression, artifacts) => {
  const source = expression.trim();
  const { git = [], images = [], charts = [] } = artifacts;
  if (source === '' || git.length + images.length + charts.length === 0)
    return { ok: true, isSatisfied: true };
  const evaluated = language.run(source, environmentOf(artifacts));
  switch (evaluated.kind) {
    case 'problem':
      return { ok: false, problem: formatProblem(source, evaluated.problem) };
    case 'needs':
      return { ok: false, problem: 'it asks for data that is not at hand' };
    case 'value': {
      const truth = readTruth(evaluated.value);
      return truth.ok ? { ok: true, isSatisfied: truth.isTrue } : truth;
    }
    default:
      return assertNever(evaluated);
  }
};

function environmentOf(artifacts: DiscoveredArtifacts): Environment {
  const { git = [], images = [], charts = [], results = [] } = artifacts;
  return {
    variables: {},
    nowMs: Date.parse(artifacts.discoveredAt ?? '') || 0,
    functions: {
      commitFrom([repoURL]) {
        const wanted = normalizeGitUrl(textOf(repoURL));
        return commitRecord(git.find((result) => normalizeGitUrl(result.repoURL) === wanted)?.commits?.[0]);
      },
      imageFrom([repoURL]) {
        const wanted = normalizeImageUrl(textOf(repoURL));
        return imageRecord(
          images.find((result) => normalizeImageUrl(result.repoURL) === wanted)?.references?.[0],
        );
      },
      chartFrom([repoURL, name]) {
        const wanted = normalizeChartUrl(textOf(repoURL));
        const found = charts.find(
          (result) =>
            normalizeChartUrl(result.repoURL) === wanted &&
            (name === undefined || (result.name ?? '') === textOf(name)),
        );
        const version = found?.versions?.[0];
        if (version === undefined) return null;
        return record('Chart', [
          field('RepoURL', wanted),
          field('Name', found?.name ?? ''),
          field('Version', version),
        ]);
      },
      artifactFrom([subscription]) {
        const found = results.find((result) => result.name === textOf(subscription))?.artifactReferences?.[0];
        if (found === undefined) return null;
        return record('ArtifactReference', [
          field('ArtifactType', found.artifactType ?? ''),
          field('SubscriptionName', found.subscriptionName),
          field('Version', found.version),
          field('Metadata', (found.metadata as Value | undefined) ?? nilMap),
        ]);
      },
    },
  };
}

type Commit = NonNullable<NonNullable<DiscoveredArtifacts['git']>[number]['commits']>[number];
type Image = NonNullable<NonNullable<DiscoveredArtifacts['images']>[number]['references']>[number];

function commitRecord(commit: Commit | undefined): Value {
  if (commit === undefined) return null;
  return record('DiscoveredCommit', [
    field('ID', commit.id ?? '', 'id'),
    field('Branch', commit.branch ?? ''),
    field('Tag', commit.tag ?? ''),
    field('Subject', commit.subject ?? ''),
    field('Author', commit.author ?? ''),
    field('Committer', commit.committer ?? ''),
    field('CreatorDate', toInstant(commit.creatorDate)),
  ]);
}

function imageRecord(image: Image | undefined): Value {
  if (image === undefined) return null;
  return record('DiscoveredImageReference', [
    field('Tag', image.tag),
    field('Digest', image.digest),
    field('Annotations', new TextTable(image.annotations)),
    field('CreatedAt', toInstant(image.createdAt)),
  ]);
}

function record(typeName: string, fields: readonly RecordField[]): Value {
  return new Record_({ typeName, fields });
}

function field(
  name: string,
  value: Value,
  jsonName = name.charAt(0).toLowerCase() + name.slice(1),
): RecordField {
  return { name, jsonName, value };
}

function toInstant(text: string | undefined): Value {
  const timeMs = text === undefined ? undefined : parseTimestampMs(text);
  return timeMs === undefined ? null : new Instant(BigInt(Math.round(timeMs)) * 1_000_000n, utc);
}

function textOf(value: Value | undefined): string {
  const text = value === undefined ? '' : plain(value);
  return typeof text === 'string' ? text : '';
}

function signatureOf(
  name: string,
  parameters: string,
  result: string,
  summary: string,
  ...counts: readonly number[]
) {
  return {
    name,
    signature: `${name}(${parameters}): ${result}`,
    summary,
    overloads: counts.map((count) => ({
      params: Array.from({ length: count }, () => stringType),
      result: anyType,
    })),
  };
}
