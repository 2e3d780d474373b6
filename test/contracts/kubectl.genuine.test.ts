import { describe, test } from 'vitest';
import { kubePrograms } from '../support/genuine-cluster.ts';
import { startGenuineKube } from '../support/genuine-kube.ts';
import { describeKubectl } from './kubectl.contract.ts';

if (kubePrograms === undefined) {
  describe('kubectl: genuine API server', () => {
    test.skip('GANTRY_KUBE_PROGRAMS names no folder with kube-apiserver', () => {});
  });
} else {
  const programs = kubePrograms;
  // GANTRY_RECORD=true writes down what the genuine server says now.
  const records = process.env['GANTRY_RECORD'] === 'true';
  describeKubectl('genuine API server', () => startGenuineKube(programs), { records });
}
