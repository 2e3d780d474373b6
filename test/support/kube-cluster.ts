import { expect, vi } from 'vitest';
import type { KubeObject, ResourceType } from '../../src/api/meta/index.ts';
import { type ClusterAddress, createKubeClient, type KubeClient, kubeErrors } from '../../src/kube/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { type KubeContractCluster, kubeContractTypes } from '../contracts/kube.contract.ts';
import { createMemoryMetrics } from './memory-metrics.ts';
import { createRecordingLog } from './recording-log.ts';
import { widgetType } from './widget.ts';

const crdType: ResourceType = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};
const namespaceType: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
};

/** The definition of Widgets; everything is kept, only the status is a sub-resource. */
const widgetCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${widgetType.plural}.${widgetType.group}` },
  spec: {
    group: widgetType.group,
    scope: 'Namespaced',
    names: { kind: widgetType.kind, listKind: 'WidgetList', plural: widgetType.plural, singular: 'widget' },
    versions: [
      {
        name: widgetType.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

/** Two clients of a real API server, with the Widget type and the namespace "demo" made when they are missing. */
export async function connectKubeContract(
  address: ClusterAddress,
  signal: AbortSignal,
): Promise<KubeContractCluster> {
  const one = await connect(address);
  const other = await connect(address);
  await ensure(other, crdType, widgetCrd, signal);
  await ensure(
    other,
    namespaceType,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } },
    signal,
  );
  await vi.waitFor(
    async () => expect(await other.reader.listLive(widgetType, { namespace: 'demo' }, signal)).toEqual([]),
    { interval: 20, timeout: 20_000 },
  );
  await one.start(kubeContractTypes, signal);
  return {
    reader: one.reader,
    writer: one.writer,
    changes: one.changes,
    someone: other.writer,
    async close() {
      await one.close();
      await other.close();
    },
  };
}

/** A client for tests: real time, quiet, frozen cache. */
export function connect(address: ClusterAddress): Promise<KubeClient> {
  const deps = {
    clock: createSystemClock(),
    random: createSystemRandom(),
    log: createRecordingLog(),
    metrics: createMemoryMetrics(),
  };
  return createKubeClient(deps, address, { freeze: true });
}

async function ensure(
  client: KubeClient,
  type: ResourceType,
  object: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.writer.create(type, object, signal);
  } catch (error) {
    if (!kubeErrors.is(error, 'kube.already-exists')) throw error;
  }
}
