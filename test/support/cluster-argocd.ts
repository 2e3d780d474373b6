import { createKubernetesArgoCd } from '../../src/argocd/index.ts';
import type { ArgoCd } from '../../src/ports/index.ts';
import type { FakeCluster } from './fake-cluster.ts';

/** Applications as objects of a fake cluster. */
export function createClusterArgoCd(cluster: FakeCluster): ArgoCd {
  return createKubernetesArgoCd(cluster);
}
