import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  customResourceDefinitions,
  mutatingWebhookConfigurations,
  namespaces,
  validatingWebhookConfigurations,
} from '../../src/api/core/index.ts';
import type { KubeObject, ResourceType } from '../../src/api/meta/index.ts';
import { toCustomResourceDefinition } from '../../src/api/structural/index.ts';
import {
  type Freight,
  freights,
  kargoApiVersion,
  kargoKinds,
  type Promotion,
  projects,
  promotions,
  stages,
  warehouses,
} from '../../src/api/v1alpha1/index.ts';
import { AppError } from '../../src/base/index.ts';
import { type ApiServer, createApiServer } from '../../src/embedded/apiserver/index.ts';
import type { HttpServer } from '../../src/httpd/index.ts';
import { createKubeClient, type KubeClient } from '../../src/kube/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { startWebhookServer, webhookConfigurations } from '../../src/webhooks/index.ts';
import { createMemoryMetrics } from '../support/memory-metrics.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { createTestTls } from '../support/tls.ts';

const { signal } = new AbortController();
const origin = { kind: 'Warehouse', name: 'main' } as const;
const image = { repoURL: 'ghcr.io/a/b', tag: 'main', digest: `sha256:${'a'.repeat(64)}` };

/** An API server with Gantry's kinds and webhooks, as a person with kubectl meets it. */
describe('admission in front of an API server', () => {
  let server: ApiServer;
  let webhooks: HttpServer;
  let client: KubeClient;

  beforeAll(async () => {
    const deps = {
      clock: createSystemClock(),
      random: createSystemRandom(),
      log: createRecordingLog(),
      metrics: createMemoryMetrics(),
    };
    server = await createApiServer(deps, { token: 'secret' });
    client = await createKubeClient(deps, { server: server.url, token: 'secret' });
    const identity = await createTestTls(['127.0.0.1']);
    webhooks = await startWebhookServer(
      {
        ...deps,
        reader: client.reader,
        writer: client.writer,
        access: client.access,
        events: { emit: () => undefined },
      },
      {
        host: '127.0.0.1',
        port: 0,
        tls: { certPem: identity.cert, keyPem: identity.key },
        controlPlaneUsers: undefined,
      },
    );
    for (const kind of kargoKinds) await create(customResourceDefinitions, toCustomResourceDefinition(kind));
    const caBundle = Buffer.from(identity.ca).toString('base64');
    const configurations = webhookConfigurations({ at: { kind: 'url', url: webhooks.url }, caBundle });
    await create(mutatingWebhookConfigurations, configurations.mutating);
    await create(validatingWebhookConfigurations, configurations.validating);
    await create(projects, { apiVersion: kargoApiVersion, kind: 'Project', metadata: { name: 'demo' } });
    await create(warehouses, {
      ...head('Warehouse', 'main'),
      spec: {
        interval: '5m0s',
        freightCreationPolicy: 'Automatic',
        subscriptions: [{ image: { repoURL: image.repoURL } }],
      },
    });
    const { metadata, ...dev } = head('Stage', 'dev');
    await create(stages, {
      ...dev,
      metadata: { ...metadata, annotations: { 'gantry.io/commit-trailers': 'true' } },
      spec: {
        requestedFreight: [{ origin, sources: { direct: true } }],
        promotionTemplate: { spec: { steps: [{ uses: 'git-clear', config: { path: './out' } }] } },
      },
    });
  });

  afterAll(async () => {
    await client.close();
    await webhooks[Symbol.asyncDispose]();
    await server.close();
  });

  function create<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    return client.writer.create(type, object, signal);
  }

  async function refusal(attempt: Promise<unknown>): Promise<string> {
    const error = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error instanceof AppError ? `${error.code}: ${error.message}` : String(error);
  }

  test('a Project brings its namespace, so that what follows in the file is let in', async () => {
    const namespace = await client.reader.getLive(namespaces, { name: 'demo' }, signal);
    expect(namespace?.metadata.labels).toMatchObject({ 'kargo.akuity.io/project': 'true' });
  });

  test('a Promotion of a Stage and a Freight comes back complete', async () => {
    const draft: Freight = { ...head('Freight', 'mine'), origin, images: [image] };
    const freight = await create(freights, draft);
    expect(freight.metadata.name).toMatch(/^[0-9a-f]{40}$/);
    expect(freight.metadata.labels?.['kargo.akuity.io/alias']).toBe(freight.alias);
    const promotion = await create(promotions, barePromotion('dev', freight.metadata.name));
    expect(promotion.metadata.name).toMatch(
      new RegExp(`^dev\\.[0-9a-z]{26}\\.${freight.metadata.name.slice(0, 7)}$`),
    );
    expect(promotion.spec.steps).toEqual([{ uses: 'git-clear', as: 'step-1', config: { path: './out' } }]);
    expect(promotion.metadata.ownerReferences).toMatchObject([{ kind: 'Stage', name: 'dev' }]);
    expect(promotion.metadata.annotations?.['gantry.io/commit-trailers']).toBe('true');
    const key = { namespace: 'demo', name: promotion.metadata.name };
    const change = client.writer.mergePatch(promotions, key, { spec: { freight: 'other' } }, {}, signal);
    expect(await refusal(change)).toContain('immutable');
    const silenced = { metadata: { annotations: { 'gantry.io/commit-trailers': 'false' } } };
    const kept = await client.writer.mergePatch(promotions, key, silenced, {}, signal);
    expect(kept.metadata.annotations?.['gantry.io/commit-trailers']).toBe('true');
    const approved = { status: { approvedFor: { prod: { approvedAt: '2026-01-01T00:00:00Z' } } } };
    const status = await client.writer.mergePatch(
      freights,
      { namespace: 'demo', name: freight.metadata.name },
      approved,
      { subresource: 'status' },
      signal,
    );
    expect(status.status?.approvedFor).toHaveProperty('prod');
  });

  test.each([
    { name: 'an unknown Freight', object: () => barePromotion('dev', 'f'.repeat(40)), want: 'not available' },
    { name: 'an unknown Stage', object: () => barePromotion('nope', 'f'.repeat(40)), want: 'Stage "nope"' },
  ])('a Promotion with $name is refused by name', async ({ object, want }) => {
    expect(await refusal(create(promotions, object()))).toContain(want);
  });

  test('a Stage outside a Project is refused', async () => {
    const elsewhere = { name: 'dev', namespace: 'elsewhere' };
    await create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'elsewhere' } });
    const spec = { requestedFreight: [{ origin, sources: { direct: true } }] };
    const answer = await refusal(create(stages, { ...head('Stage', 'dev'), metadata: elsewhere, spec }));
    expect(answer).toContain('not that of a Project');
  });
});

function head(kind: string, name: string) {
  return { apiVersion: kargoApiVersion, kind, metadata: { name, namespace: 'demo' } };
}

function barePromotion(stage: string, freight: string): Promotion {
  return {
    apiVersion: kargoApiVersion,
    kind: 'Promotion',
    metadata: { name: '', generateName: 'promo-', namespace: 'demo' },
    spec: { stage, freight, steps: [] },
  };
}
