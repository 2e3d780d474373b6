import { labels, parseSubscription, type Subscription, type Warehouse } from '../../api/v1alpha1/index.ts';
import { isJsonObject, type JsonValue } from '../../base/index.ts';
import { chartKey } from '../freight/index.ts';
import { groupAnnotations, isNamed, parseGroupRule } from '../grouping/index.ts';
import { type CacheByTagPolicy, decideCacheByTag, modernizeSubscription } from '../selection/index.ts';
import { normalizeGitUrl, normalizeImageUrl } from '../urls/index.ts';
import { allow, duplicate, invalid, required, wrongValue } from './answers.ts';
import { checkProject, withLabel } from './shared-rules.ts';
import type { AdmissionRequest, Cause, Defaulted, NamespaceFact, Validated } from './types.ts';

/** What must be known to validate a Warehouse. */
export interface WarehouseFacts {
  readonly namespace: NamespaceFact | undefined;
  readonly cacheByTagPolicy: CacheByTagPolicy;
}

/**
 * Sets the shard label. Nothing is written into the spec, so that a GitOps tool sees no drift: defaults of subscriptions
 * are filled in when they are read.
 */
export function defaultWarehouse(request: AdmissionRequest<Warehouse>): Defaulted<Warehouse> {
  return { kind: 'allowed', object: withLabel(request.object, labels.shard, request.object.spec.shard) };
}

/** Checks the subscriptions: their shape, their names, and that no repository is there twice. */
export function validateWarehouse(request: AdmissionRequest<Warehouse>, facts: WarehouseFacts): Validated {
  const warehouse = request.object;
  const subject = { kind: 'Warehouse', name: warehouse.metadata.name };
  if (request.operation === 'CREATE') {
    const refused = checkProject(subject, warehouse.metadata.namespace ?? '', facts.namespace);
    if (refused !== undefined) return refused;
  }
  const causes: Cause[] = [];
  /** Older spellings are understood; people should hear of the modern ones. */
  const warnings: string[] = [];
  const images: { readonly repoURL: string; readonly subscriptionName: string | undefined }[] = [];
  const seenNames = new Map<string, number>();
  const seenRepositories = new Map<string, number>();
  for (const [index, value] of warehouse.spec.subscriptions.entries()) {
    const field = `spec.subscriptions[${index}]`;
    const { entry, notes } = modernizeSubscription(value);
    warnings.push(...notes.map((note) => `${field}: ${note}`));
    const result = parseSubscription(entry);
    if (!result.ok) {
      for (const { field: inner, problem } of result.problems)
        causes.push(wrongValue(inner === '' ? field : `${field}.${inner}`, memberAt(entry, inner), problem));
      continue;
    }
    const { subscription } = result;
    causes.push(...checkSubscription(subscription, field, facts.cacheByTagPolicy));
    if (subscription.kind === 'image')
      images.push({ repoURL: subscription.image.repoURL, subscriptionName: subscription.name });
    const place = (seen: Map<string, number>, key: string | undefined, member: string): void => {
      if (key === undefined) return;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, index);
      else causes.push(duplicate(`${field}${member}`, key, `stands in spec.subscriptions[${first}] already`));
    };
    place(seenNames, subscription.name, '.name');
    place(seenRepositories, repositoryKey(subscription), '');
  }
  causes.push(...checkGroupRule(warehouse, images));
  if (causes.length > 0) return invalid(subject, causes);
  return allow({ warnings });
}

/** The annotations that keep images together: readable, and about images that are subscribed to. */
function checkGroupRule(
  { metadata }: Warehouse,
  images: readonly { readonly repoURL: string; readonly subscriptionName: string | undefined }[],
): readonly Cause[] {
  const parsed = parseGroupRule(metadata.annotations);
  if (parsed.kind === 'none') return [];
  if (parsed.kind === 'problem')
    return [wrongValue(`metadata.annotations[${parsed.annotation}]`, parsed.value, parsed.problem)];
  const strangers = parsed.rule.members.filter((name) => !images.some((image) => isNamed(image, name)));
  const field = `metadata.annotations[${groupAnnotations.members}]`;
  return strangers.map((name) => wrongValue(field, name, 'is no image subscription of this Warehouse'));
}

function checkSubscription(
  subscription: Subscription,
  field: string,
  policy: CacheByTagPolicy,
): readonly Cause[] {
  if (subscription.kind === 'generic') {
    const problem = 'is no kind of subscription known here; use git, image or chart';
    return [wrongValue(field, subscription.subscriptionType, problem)];
  }
  if (subscription.kind === 'image') {
    const { imageSelectionStrategy, constraint, platform, cacheByTag } = subscription.image;
    const causes: Cause[] = [];
    if (imageSelectionStrategy === 'Digest' && (constraint === undefined || constraint === ''))
      causes.push(required(`${field}.image.constraint`, 'the strategy Digest needs the tag to follow'));
    if (platform !== undefined && platform !== '' && !platform.includes('/'))
      causes.push(wrongValue(`${field}.image.platform`, platform, 'must read <os>/<arch>[/<variant>]'));
    const caching = decideCacheByTag(policy, subscription.image);
    if (!caching.ok)
      causes.push(wrongValue(`${field}.image.cacheByTag`, cacheByTag === true, caching.problem));
    return causes;
  }
  if (subscription.kind === 'chart') {
    const { repoURL, name } = subscription.chart;
    const isOci = repoURL.startsWith('oci://');
    const isNamed = name !== undefined && name !== '';
    if (isOci && isNamed)
      return [
        wrongValue(
          `${field}.chart.name`,
          name,
          'must be empty for an oci repository, whose URL names the chart',
        ),
      ];
    if (!isOci && !isNamed)
      return [required(`${field}.chart.name`, 'a repository at http or https has many charts')];
  }
  return [];
}

/** A text that is equal for subscriptions to the same repository. */
function repositoryKey(subscription: Subscription): string | undefined {
  switch (subscription.kind) {
    case 'git':
      return `git ${normalizeGitUrl(subscription.git.repoURL)}`;
    case 'image':
      return `image ${normalizeImageUrl(subscription.image.repoURL)}`;
    case 'chart':
      return `chart ${chartKey(subscription.chart.repoURL, subscription.chart.name ?? '')}`;
    case 'generic':
      return undefined;
  }
}

function memberAt(value: JsonValue, path: string): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const name of path === '' ? [] : path.split('.'))
    found = isJsonObject(found) ? found[name] : undefined;
  return found ?? null;
}
