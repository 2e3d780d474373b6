import { createFakeCluster } from '../support/fake-cluster.ts';
import { describeElection } from './election.contract.ts';

describeElection('fake cluster', async () => {
  const cluster = createFakeCluster();
  return { ...cluster, close: () => Promise.resolve() };
});
