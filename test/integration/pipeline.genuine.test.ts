import { describe, test } from 'vitest';
import { kubePrograms, startGenuineCluster } from '../support/genuine-cluster.ts';
import { describePipeline } from './pipeline.suite.ts';

if (kubePrograms === undefined) {
  describe('pipeline: genuine API server', () => {
    test.skip('GANTRY_KUBE_PROGRAMS names no folder with kube-apiserver', () => {});
  });
} else {
  const programs = kubePrograms;
  describePipeline('genuine API server', { startCluster: () => startGenuineCluster(programs) });
}
