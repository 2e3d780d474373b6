import { type Secret, secrets } from '../../api/core/index.ts';
import { findCondition, keyOf, labelOf, type ObjectKey } from '../../api/meta/index.ts';
import { labels, warehouses } from '../../api/v1alpha1/index.ts';
import type { Change, KubeReader, Watch } from '../../ports/index.ts';

/**
 * Wakes the Warehouses whose last look failed when a credential for repositories changes in their Project, or in the namespace
 * that all Projects share.
 */
export function watchCredentials(sharedNamespace: string | undefined): Watch<Secret> {
  return {
    type: secrets,
    toKeys: (change, reader) => affectedBy(change, reader, sharedNamespace),
  };
}

/** Sorts of credentials that subscriptions use. */
const repositoryTypes: readonly string[] = ['git', 'helm', 'image'];

function affectedBy(
  change: Change<Secret>,
  reader: KubeReader,
  sharedNamespace: string | undefined,
): readonly ObjectKey[] {
  const { object } = change;
  const type = labelOf(object, labels.credentialType);
  if (change.kind === 'deleted' || type === undefined || !repositoryTypes.includes(type)) return [];
  const { namespace } = object.metadata;
  const place = namespace === undefined || namespace === sharedNamespace ? {} : { namespace };
  return reader
    .list(warehouses, place)
    .filter((item) => findCondition(item.status?.conditions, 'Healthy')?.reason === 'DiscoveryFailed')
    .map(keyOf);
}
