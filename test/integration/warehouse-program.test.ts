import { afterAll, beforeAll, expect, test } from 'vitest';
import { freights, kargoApiVersion, type Warehouse, warehouses } from '../../src/api/v1alpha1/index.ts';
import { type Pipeline, startPipeline } from '../support/pipeline.ts';
import { gitopsRepository, readExampleObjects } from '../support/pipeline-example.ts';

const namespace = 'ameide';
const limitMs = 60_000;
let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline(limitMs);
}, limitMs);

afterAll(() => pipeline?.[Symbol.asyncDispose]());

const both: Warehouse = {
  apiVersion: kargoApiVersion,
  kind: 'Warehouse',
  metadata: { name: 'both', namespace },
  spec: {
    interval: '5m0s',
    freightCreationPolicy: 'Automatic',
    subscriptions: [
      {
        name: 'values',
        git: {
          repoURL: `https://github.com/${gitopsRepository}.git`,
          branch: 'main',
          includePaths: ['charts'],
        },
      },
      {
        image: {
          repoURL: 'ghcr.io/ameideio/www-ameide-platform',
          imageSelectionStrategy: 'Digest',
          constraint: 'main',
        },
      },
    ],
  },
};

test(
  'the program finds commits and images, and a commit that counts becomes new Freight',
  async () => {
    const message = 'Change the chart\n';
    pipeline.seedRepository({ 'charts/app/values.yaml': 'replicas: 1\n' });
    const digests = await pipeline.pushBuild('build 1');
    const needed = ['Project', 'Secret', 'ProjectConfig'];
    const objects = readExampleObjects(pipeline.sandbox.info.password);
    await pipeline.apply(objects.filter(({ kind }) => needed.includes(kind)));
    await pipeline.apply([both]);
    const first = await pipeline.waitFor(
      freights,
      { namespace },
      ({ origin }) => origin?.name === 'both',
      'first',
    );
    expect(first.commits).toMatchObject([{ branch: 'main', subscriptionName: 'values' }]);
    expect(first.images).toMatchObject([{ tag: 'main', digest: digests['www-ameide-platform'] }]);

    const { git } = pipeline.sandbox.servers;
    git.commitFiles(gitopsRepository, 'main', { files: { 'other.txt': 'x' }, message: 'Elsewhere\n' });
    const id = git.commitFiles(gitopsRepository, 'main', {
      files: { 'charts/app/values.yaml': 'replicas: 2\n' },
      message,
    });
    await pipeline.refresh(namespace, 'both');
    const second = await pipeline.waitFor(
      freights,
      { namespace },
      ({ commits }) => commits?.[0]?.id === id,
      'the Freight of the new commit',
    );
    expect(second.commits?.[0]?.message).toBe(message.trim());
    const { status } = await pipeline.waitFor(
      warehouses,
      { namespace, name: 'both' },
      (object) => object.status?.lastFreightID === second.metadata.name,
      'the status that names it',
    );
    expect(status?.discoveredArtifacts?.git?.[0]?.commits?.map(({ subject }) => subject)).not.toContain(
      'Elsewhere',
    );
  },
  limitMs,
);
