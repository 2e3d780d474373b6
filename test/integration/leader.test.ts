import { afterAll, beforeAll, expect, test } from 'vitest';
import { leases } from '../../src/api/core/index.ts';
import { freights } from '../../src/api/v1alpha1/index.ts';
import { type Pipeline, startPipeline, type Way } from '../support/pipeline.ts';
import { readExampleObjects } from '../support/pipeline-example.ts';
import type { FrontRequest } from '../support/pipeline-front.ts';
import { countPromotionCommits } from '../support/pipeline-history.ts';
import { buildProgram, type Program, type RunningProgram } from '../support/pipeline-program.ts';

const namespace = 'ameide';
const limitMs = 180_000;
const waitMs = 60_000;
const leaseSeconds = 4;
const leads = 'the lease is held by this process';
let pipeline: Pipeline;
let program: Program;

/** A replica of the controllers, and how it reaches the world. */
interface Replica {
  readonly process: RunningProgram;
  readonly way: Way;
}

beforeAll(async () => {
  program = buildProgram();
  pipeline = await startPipeline(limitMs, { runsControllers: false });
  pipeline.seedRepository();
}, limitMs);

afterAll(async () => {
  program?.[Symbol.dispose]();
  await pipeline?.[Symbol.asyncDispose]();
});

async function startReplica(): Promise<Replica> {
  const way = await pipeline.openWay();
  const process = program.start(['controller', '--leader-elect', '--kubeconfig', way.kubeconfig], {
    ...way.environment,
    GANTRY_LEASE_SECONDS: String(leaseSeconds),
    METRICS_BIND_ADDRESS: '0',
  });
  return { process, way };
}

async function holder(): Promise<string | undefined> {
  const key = { namespace: 'kargo', name: 'gantry-controller-unnamed' };
  const lease = await pipeline.sandbox.client.reader.getLive(leases, key, pipeline.signal);
  return lease?.spec?.holderIdentity ?? undefined;
}

async function deploy(build: string): Promise<void> {
  const digests = Object.values(await pipeline.pushBuild(build));
  await pipeline.refresh(namespace, 'ameide');
  const isOfBuild = (images: readonly { readonly digest?: string | undefined }[] = []): boolean =>
    digests.every((digest) => images.some((image) => image.digest === digest));
  await pipeline.waitFor(
    freights,
    { namespace },
    ({ images, status }) => isOfBuild(images) && status?.verifiedIn?.['dev'] !== undefined,
    `build ${build} verified in dev`,
    waitMs,
  );
}

const isWrite = ({ method, path }: FrontRequest): boolean =>
  method !== 'GET' && !path.includes('/git-upload-pack') && !path.includes('reviews');

test(
  'of several replicas one works, and when it is killed or sleeps another one does, while it does nothing more',
  async () => {
    const first = await startReplica();
    await first.process.waitForLog(leads);
    const second = await startReplica();
    await second.process.waitForLog('the lease is held by somebody else');
    await pipeline.apply(readExampleObjects(pipeline.sandbox.info.password));
    await deploy('one');
    expect(second.way.api.passed.filter(isWrite), 'who waits writes nothing').toEqual([]);
    expect(second.way.artifacts.passed.filter(isWrite)).toEqual([]);
    const before = await holder();

    await first.process.kill();
    await second.process.waitForLog(leads, waitMs);
    expect(await holder()).not.toBe(before);
    await deploy('two');

    const third = await startReplica();
    await third.process.waitForLog('the lease is held by somebody else');
    // In the middle of its work: the push of a build has just been answered.
    const caught = new Promise<void>((resolve) => {
      second.way.artifacts.interfere = ({ path }) => {
        if (!path.endsWith('/git-receive-pack')) return undefined;
        return {
          kind: 'cut',
          when: 'after',
          act: async () => {
            second.process.pause();
            resolve();
          },
        };
      };
    });
    const deployed = deploy('three');
    await caught;
    await third.process.waitForLog(leads, waitMs);
    await deployed;
    const [api, artifacts] = [second.way.api.passed.length, second.way.artifacts.passed.length];
    const asked: string[] = [];
    const note = (request: FrontRequest): undefined => {
      if (isWrite(request)) asked.push(`${request.method} ${request.path}`);
      return undefined;
    };
    second.way.api.interfere = note;
    second.way.artifacts.interfere = note;
    second.process.resume();
    await second.process.waitForLog('the lease is lost', waitMs);
    await deploy('four');
    expect(asked, 'who has slept past its lease does nothing more').toEqual([]);
    expect(second.way.api.passed.length, 'it is alive and looks at the lease').toBeGreaterThan(api);
    expect(second.way.artifacts.passed.length).toBe(artifacts);
    const counts = [...countPromotionCommits(pipeline).values()];
    expect(counts.length, 'a promotion for each build').toBeGreaterThanOrEqual(4);
    expect(new Set(counts), 'each in one commit').toEqual(new Set([1]));
    expect(await third.process.stop()).toBe(0);
    await second.process.waitForLog(leads, waitMs);
  },
  limitMs,
);
