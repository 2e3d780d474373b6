import { createFakeCluster } from '../support/fake-cluster.ts';
import { describeKube, kubeContractTypes } from './kube.contract.ts';

describeKube('fake cluster', async () => {
  const cluster = createFakeCluster({ watched: kubeContractTypes });
  return { ...cluster, close: () => Promise.resolve() };
});
