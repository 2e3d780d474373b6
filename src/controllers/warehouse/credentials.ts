import { annotationOf } from '../../api/meta/index.ts';
import { parseSubscription, type Subscription, type Warehouse } from '../../api/v1alpha1/index.ts';
import {
  type CredentialSources,
  credentialsAnnotation,
  modernizeSubscription,
  readCredentialSources,
  type UsedCredential,
} from '../../domain/index.ts';
import type { CredentialDesk, CredentialKind } from '../../ports/index.ts';
import { warehouseErrors } from './errors.ts';

/** The sources of credentials that a Warehouse names, by repository. Errors: warehouse.invalid-annotation. */
export function readSources(warehouse: Warehouse): ReadonlyMap<string, string> {
  const read = sourcesOf(warehouse);
  if (read.ok) return read.sources;
  const message = `the annotation ${credentialsAnnotation} cannot be read: ${read.problem}`;
  throw warehouseErrors.create('warehouse.invalid-annotation', message);
}

/** The repository that a subscription names; empty for those that name none. */
export function repoURLOf(subscription: Subscription): string {
  switch (subscription.kind) {
    case 'git':
      return subscription.git.repoURL;
    case 'image':
      return subscription.image.repoURL;
    case 'chart':
      return subscription.chart.repoURL;
    default:
      return '';
  }
}

/** What the credentials of a Warehouse's subscriptions were when they were last asked for, in their order. */
export function listUses(
  desk: Pick<CredentialDesk, 'lastUse'>,
  warehouse: Warehouse,
): readonly UsedCredential[] {
  const read = sourcesOf(warehouse);
  const project = warehouse.metadata.namespace ?? '';
  return warehouse.spec.subscriptions.flatMap((entry) => {
    const result = parseSubscription(modernizeSubscription(entry).entry);
    const kind = result.ok ? kinds[result.subscription.kind] : undefined;
    if (!result.ok || kind === undefined) return [];
    const repoURL = repoURLOf(result.subscription);
    const source = read.ok ? read.sources.get(repoURL) : undefined;
    const use = desk.lastUse({ project, kind, repoURL, ...(source === undefined ? {} : { source }) });
    return use === undefined ? [] : [{ ...use, repoURL }];
  });
}

const kinds: Readonly<Record<Subscription['kind'], CredentialKind | undefined>> = {
  git: 'git',
  image: 'image',
  chart: 'helm',
  generic: undefined,
};

function sourcesOf(warehouse: Warehouse): CredentialSources {
  return readCredentialSources(annotationOf(warehouse, credentialsAnnotation));
}
