import * as z from 'zod';
import { compileRe2, isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { flag, type Immutable, text, time } from '../shared/fields.ts';
import {
  branchPattern,
  chartRepositoryPattern,
  gitUrlPattern,
  imageRepositoryPattern,
  subscriptionNamePattern,
} from './patterns.ts';

const discoveryLimit = z
  .number()
  .int()
  .min(1)
  .max(100)
  .default(20)
  .describe('How many candidates are looked at, 1 to 100. By default 20.');
const insecureSkipTLSVerify = z
  .boolean()
  .default(false)
  .describe('Whether the certificate of the server is left unchecked. By default false.');
const texts = (description: string) => z.array(z.string()).describe(description).optional();
const allowTagsRegexes = texts(
  'RE2 expressions of which a tag must match one. By default every tag is taken.',
);
const ignoreTagsRegexes = texts('RE2 expressions; a tag that matches one is left out. None by default.');
const allowTags = text('No longer supported: use allowTagsRegexes. None by default.').optional();
const ignoreTags = texts('No longer supported: use ignoreTagsRegexes. None by default.');
const strictSemvers = z
  .boolean()
  .default(true)
  .describe('Whether tags need all three parts of a semantic version. By default true.');

/** A subscription to a git repository. */
export const gitSubscription = z
  .object({
    repoURL: like(gitUrlPattern, 'The URL of the repository.'),
    commitSelectionStrategy: z
      .enum(['Lexical', 'NewestFromBranch', 'NewestTag', 'SemVer'])
      .default('NewestFromBranch')
      .describe('How the best commit is chosen. By default NewestFromBranch.'),
    branch: like(branchPattern, "The branch. By default the repository's own.").max(255).optional(),
    semverConstraint: text('Which versions are taken, e.g. "^1.2". By default all.').optional(),
    strictSemvers,
    allowTagsRegexes,
    ignoreTagsRegexes,
    allowTags,
    ignoreTags,
    expressionFilter: text('An expression that a commit must satisfy. None by default.').optional(),
    includePaths: texts('Paths of which a commit must change one. By default any change counts.'),
    excludePaths: texts('Paths whose changes do not count. None by default.'),
    discoveryLimit,
    insecureSkipTLSVerify,
    blobless: flag('Whether file contents are fetched only when needed. By default false.').optional(),
    since: time('Commits older than this are left out. None by default.').optional(),
  })
  .describe('A git repository to watch.');

/** A subscription to an image repository. */
export const imageSubscription = z
  .object({
    repoURL: like(imageRepositoryPattern, 'The image repository, without scheme and tag.'),
    imageSelectionStrategy: z
      .enum(['Digest', 'Lexical', 'NewestBuild', 'SemVer'])
      .default('SemVer')
      .describe('How the best image is chosen. By default SemVer.'),
    constraint: text(
      'With Digest the tag to follow; with SemVer which versions are taken. None by default.',
    ).optional(),
    strictSemvers,
    allowTagsRegexes,
    ignoreTagsRegexes,
    allowTags,
    ignoreTags,
    platform: text('The platform, e.g. "linux/amd64". By default any.').optional(),
    cacheByTag: flag('Whether a tag is taken to never move. By default false.').optional(),
    discoveryLimit,
    insecureSkipTLSVerify,
  })
  .describe('An image repository to watch.');

/** A subscription to a chart repository. */
export const chartSubscription = z
  .object({
    repoURL: like(chartRepositoryPattern, 'The URL of the chart repository: http, https or oci.'),
    name: text('The name of the chart; not with oci, whose URL names it.').optional(),
    semverConstraint: text('Which versions are taken, e.g. "^1.2". By default all.').optional(),
    discoveryLimit,
    insecureSkipTLSVerify,
  })
  .describe('A chart repository to watch.');

/** A subscription to a git repository, with defaults filled in. */
export type GitSubscription = Immutable<z.infer<typeof gitSubscription>>;
/** A subscription to an image repository, with defaults filled in. */
export type ImageSubscription = Immutable<z.infer<typeof imageSubscription>>;
/** A subscription to a chart repository, with defaults filled in. */
export type ChartSubscription = Immutable<z.infer<typeof chartSubscription>>;

/** One subscription of a Warehouse, read. */
export type Subscription =
  | { readonly kind: 'git'; readonly name: string | undefined; readonly git: GitSubscription }
  | { readonly kind: 'image'; readonly name: string | undefined; readonly image: ImageSubscription }
  | { readonly kind: 'chart'; readonly name: string | undefined; readonly chart: ChartSubscription }
  | {
      readonly kind: 'generic';
      readonly name: string | undefined;
      /** The key under which the subscription stands. */
      readonly subscriptionType: string;
      readonly config: JsonValue;
    };

/** A problem of a subscription; `field` is a path below it such as "image.repoURL", empty for the whole. */
export interface SubscriptionProblem {
  readonly field: string;
  readonly problem: string;
}

/** A subscription, or all that is wrong with it. */
export type SubscriptionResult =
  | { readonly ok: true; readonly subscription: Subscription }
  | { readonly ok: false; readonly problems: readonly SubscriptionProblem[] };

const isSubscriptionName = matcher(subscriptionNamePattern);

/**
 * Reads one entry of `spec.subscriptions` of a Warehouse and fills in defaults.
 *
 * Guarantees: lists every problem of shape; what needs knowledge of other entries (unique names) or of constraints
 * (semantic versions, strategies) is left to admission. A key other than git, image and chart is "generic".
 */
export function parseSubscription(value: JsonValue): SubscriptionResult {
  if (!isJsonObject(value)) return refuse('', 'must be an object');
  const { name, ...types } = value;
  const kinds = Object.keys(types).filter((key) => types[key] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const found = kinds.length === 0 ? 'none' : kinds.join(', ');
    return refuse('', `must have exactly one of git, image and chart; found ${found}`);
  }
  if (name !== undefined && (typeof name !== 'string' || name.length > 63 || !isSubscriptionName(name))) {
    return refuse('name', 'must be 1 to 63 lower-case letters, digits and dashes');
  }
  return parseKind(kind, types[kind] ?? null, name);
}

function parseKind(kind: string, value: JsonValue, name: string | undefined): SubscriptionResult {
  switch (kind) {
    case 'git':
      return read(gitSubscription, kind, value, (git) => ({ kind: 'git', name, git }));
    case 'image':
      return read(imageSubscription, kind, value, (image) => ({ kind: 'image', name, image }));
    case 'chart':
      return read(chartSubscription, kind, value, (chart) => ({ kind: 'chart', name, chart }));
    default:
      return { ok: true, subscription: { kind: 'generic', name, subscriptionType: kind, config: value } };
  }
}

function read<T>(
  schema: z.ZodType<T>,
  kind: string,
  value: JsonValue,
  wrap: (parsed: T) => Subscription,
): SubscriptionResult {
  const result = schema.safeParse(withoutNulls(value));
  if (result.success) return { ok: true, subscription: wrap(result.data) };
  const problems = result.error.issues.map((issue) => ({
    field: [kind, ...issue.path.map(String)].join('.'),
    problem: issue.message,
  }));
  return { ok: false, problems };
}

/** A null member is an absent one, as in every typed Kubernetes client. */
function withoutNulls(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value as JsonObject).filter(([, member]) => member !== null);
  return Object.fromEntries(entries);
}

function refuse(field: string, problem: string): SubscriptionResult {
  return { ok: false, problems: [{ field, problem }] };
}

function like(pattern: string, description: string): z.ZodString {
  const matches = matcher(pattern);
  return z
    .string()
    .min(1)
    .refine(matches, { error: `must match ${pattern}` })
    .meta({ pattern, description });
}

function matcher(pattern: string): (value: string) => boolean {
  const compiled = compileRe2(pattern);
  return (value) => compiled.ok && compiled.re2.test(value);
}
