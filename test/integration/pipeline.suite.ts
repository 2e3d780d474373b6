import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Freight,
  freights,
  type Promotion,
  promotions,
  stages,
  warehouses,
} from '../../src/api/v1alpha1/index.ts';
import {
  exampleApplication,
  type Pipeline,
  type PipelineOptions,
  readRunningDigests,
  startPipeline,
} from '../support/pipeline.ts';
import { expectValues, gitopsRepository, readExampleObjects } from '../support/pipeline-example.ts';
import { countPromotionCommits, countPullRequests, sumGitTraffic } from '../support/pipeline-history.ts';
import { tell } from '../support/tell.ts';

const namespace = 'ameide';
const limitMs = 90_000;
let pipeline: Pipeline;

type Digests = Readonly<Record<string, string>>;

/** The main path through the program, with everything around it in this process, on any API server. */
export function describePipeline(name: string, options: PipelineOptions): void {
  describe(`pipeline: ${name}`, () => {
    beforeAll(async () => {
      pipeline = await startPipeline(limitMs, options);
    }, limitMs);

    afterAll(() => pipeline?.[Symbol.asyncDispose]());

    test(
      'an older release reaches production while newer images run in dev',
      async () => {
        const started = performance.now();
        pipeline.seedRepository();
        const first = await pipeline.pushBuild('build 1');
        await pipeline.apply(readExampleObjects(pipeline.sandbox.info.password));
        const older = await verifiedFreight('dev', first);
        expect((await runningIn('dev')) as Digests).toEqual(first);

        const staging = await proposed('staging', older);
        const beforeMove = await runningIn('staging');
        const second = await pipeline.pushBuild('build 2');
        const before = pipeline.artifacts.passed.length;
        await pipeline.refresh(namespace, 'ameide');
        const newer = await verifiedFreight('dev', second);
        expect(newer.metadata.name).not.toBe(older.metadata.name);
        expect(await runningIn('dev')).toEqual(second);
        const traffic = sumGitTraffic(pipeline, before);
        tell(`one promotion, small repository: ${traffic.requests} git requests, ${traffic.bytes} bytes`);
        expect(await runningIn('staging'), 'nothing moves before the merge').toEqual(beforeMove);

        await merge(staging);
        await verified('staging', older);
        expect(await runningIn('staging')).toEqual(first);

        const production = await proposed('production', older);
        const beforeMerge = performance.now();
        await merge(production);
        await verified('production', older);
        tell(
          `production is verified ${seconds(started)} after the start, ${seconds(beforeMerge)} after its merge`,
        );
        expect(await runningIn('production')).toEqual(first);

        for (const [environment, digests] of [
          ['dev', second],
          ['staging', first],
          ['production', first],
        ] as const) {
          for (const [path, text] of Object.entries(expectValues(environment, digests)))
            expect(pipeline.read(path), path).toBe(text);
        }
        await expectOneCommitEach(['staging', 'production']);
        expect(pipeline.log.filter((line) => line.includes(pipeline.sandbox.info.password))).toEqual([]);
      },
      limitMs,
    );

    test(
      'a promotion moves kilobytes in a large repository',
      async () => {
        const filler = Object.fromEntries(
          Array.from({ length: 3000 }, (_, index) => [
            `sources/bulk/${index % 60}/${index}.yaml`,
            `filler: ${createHash('sha512').update(String(index)).digest('hex').repeat(2)}\n`,
          ]),
        );
        pipeline.seedRepository(filler);
        const before = pipeline.artifacts.passed.length;
        const digests = await pipeline.pushBuild('build 3');
        await pipeline.refresh(namespace, 'ameide');
        await verifiedFreight('dev', digests);
        const { requests, bytes } = sumGitTraffic(pipeline, before);
        tell(
          `one promotion, ${Object.keys(filler).length} files more: ${requests} git requests, ${bytes} bytes`,
        );
        expect(requests).toBeLessThanOrEqual(10);
        // Names and ids of files, and the few that are edited; the files themselves are several times that.
        expect(bytes, 'no checkout of the whole repository').toBeLessThan(128 * 1024);
        for (const [path, text] of Object.entries(expectValues('dev', digests)))
          expect(pipeline.read(path), path).toBe(text);
      },
      limitMs,
    );

    test(
      'a settled pipeline is silent',
      async () => {
        const { reader } = pipeline.sandbox.client;
        await quiet();
        const versions = (): string[] =>
          [stages, warehouses, promotions, freights]
            .flatMap((type) => reader.list<Freight>(type as typeof freights))
            .map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.resourceVersion}`);
        const [before, from] = [versions(), writes()];
        await new Promise((resolve) => setTimeout(resolve, 1500));
        expect(writes() - from).toBe(0);
        expect(versions()).toEqual(before);
      },
      limitMs,
    );
  });
}

function writes(): number {
  return pipeline.api.passed.filter(({ method, path }) => method !== 'GET' && !path.includes('/events'))
    .length;
}

/** Waits until nothing has been written for a while. */
async function quiet(): Promise<void> {
  for (let last = -1; last !== writes(); ) {
    last = writes();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function holds(freight: Freight, digests: Digests): boolean {
  const found = freight.images?.map(({ repoURL, digest }) => [repoURL?.split('/').at(-1), digest]);
  return (
    found !== undefined && JSON.stringify(found.sort()) === JSON.stringify(Object.entries(digests).sort())
  );
}

function verifiedFreight(stage: string, digests: Digests): Promise<Freight> {
  return pipeline.waitFor(
    freights,
    { namespace },
    (one) => holds(one, digests) && one.status?.verifiedIn?.[stage] !== undefined,
    `minted and verified in ${stage}`,
  );
}

function verified(stage: string, freight: Freight): Promise<Freight> {
  return pipeline.waitFor(
    freights,
    { namespace, name: freight.metadata.name },
    (one) => one.status?.verifiedIn?.[stage] !== undefined,
    `verified in ${stage}`,
  );
}

async function runningIn(environment: string): Promise<Digests> {
  const { type, place } = exampleApplication(environment);
  return readRunningDigests(await pipeline.waitFor(type, place, () => true, 'there'));
}

/** Promotes and waits until the pull request is open; gives the Promotion. */
async function proposed(stage: string, freight: Freight): Promise<Promotion> {
  const name = await pipeline.promote(namespace, stage, freight.metadata.name);
  return pipeline.waitFor(
    promotions,
    { namespace, name },
    ({ status }) => status?.stepExecutionMetadata?.at(-1)?.alias === 'propose::wait-for-pr',
    'waiting for its pull request',
  );
}

async function merge(promotion: Promotion): Promise<void> {
  const { forge } = pipeline.sandbox.servers;
  const head = `kargo/promotion/${promotion.metadata.name}`;
  const pull = forge.listPulls(gitopsRepository).find((one) => one.headBranch === head);
  const merged = await forge.merge(gitopsRepository, pull?.number ?? 0, { login: 'a-person' });
  expect(merged).toHaveProperty('commit');
}

async function expectOneCommitEach(proposing: readonly string[]): Promise<void> {
  const counts = countPromotionCommits(pipeline);
  const all = pipeline.sandbox.client.reader.list(promotions, { namespace });
  expect(all.length).toBe(4);
  for (const { metadata, spec, status } of all) {
    expect(status?.phase, metadata.name).toBe('Succeeded');
    expect(counts.get(`${namespace}/${metadata.name}`), metadata.name).toBe(1);
    const pulls = proposing.includes(spec.stage) ? 1 : 0;
    expect(countPullRequests(pipeline, metadata.name), metadata.name).toBe(pulls);
  }
}
