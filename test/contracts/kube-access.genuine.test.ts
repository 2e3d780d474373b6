import { describe } from 'vitest';
import { connect } from '../support/kube-cluster.ts';
import { describeAccess } from './kube-access.contract.ts';

/** A kubeconfig of a cluster that tests may write to. */
const path = process.env['GANTRY_TEST_KUBECONFIG'];

describe.skipIf(path === undefined)('genuine API server (skipped without GANTRY_TEST_KUBECONFIG)', () => {
  describeAccess('a genuine API server', async () => {
    const client = await connect({ kubeconfig: path === undefined ? {} : { path } });
    return { client, close: () => client.close() };
  });
});
