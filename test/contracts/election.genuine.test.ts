import { describe } from 'vitest';
import { connectKubeContract } from '../support/kube-cluster.ts';
import { describeElection } from './election.contract.ts';

/** A kubeconfig of a cluster that tests may write to: they make a CRD and the namespace "demo". */
const path = process.env['GANTRY_TEST_KUBECONFIG'];

describe.skipIf(path === undefined)('genuine API server (skipped without GANTRY_TEST_KUBECONFIG)', () => {
  describeElection('genuine API server', () =>
    connectKubeContract({ kubeconfig: path === undefined ? {} : { path } }, AbortSignal.timeout(60_000)),
  );
});
