import { describe, test } from 'vitest';
import { kubePrograms, startGenuineCluster } from '../support/genuine-cluster.ts';
import { describeCrashes } from './crash.suite.ts';

if (kubePrograms === undefined) {
  describe('crashes: genuine API server', () => {
    test.skip('GANTRY_KUBE_PROGRAMS names no folder with kube-apiserver', () => {});
  });
} else {
  const programs = kubePrograms;
  describeCrashes('genuine API server', { startCluster: () => startGenuineCluster(programs) });
}
