import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Freight, freights, type Promotion, promotions } from '../../src/api/v1alpha1/index.ts';
import { type GiteaPipeline, type GiteaPull, startGiteaPipeline } from '../support/gitea-pipeline.ts';
import { exampleApplication, readRunningDigests } from '../support/pipeline.ts';
import { expectValues } from '../support/pipeline-example.ts';

const namespace = 'ameide';
/** On a machine that others keep busy, Gitea takes seconds for what it does in milliseconds. */
const limitMs = 600_000;
const waitMs = 180_000;
const url = process.env['GANTRY_GITEA_URL'];

if (url === undefined) {
  describe('the pipeline on a genuine Gitea', () => {
    test.skip('GANTRY_GITEA_URL names no server; GANTRY_GITEA_ADMIN (name:password) goes with it', () => {});
  });
}

describe.runIf(url !== undefined)('the pipeline on a genuine Gitea', () => {
  let world: GiteaPipeline;
  let digests: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const [username = '', password = ''] = (process.env['GANTRY_GITEA_ADMIN'] ?? '').split(':');
    world = await startGiteaPipeline({ url: url ?? '', username, password }, limitMs);
  }, limitMs);
  afterAll(() => world.pipeline[Symbol.asyncDispose]());

  const isVerifiedIn =
    (stage: string) =>
    ({ status }: Freight): boolean =>
      status?.verifiedIn?.[stage] !== undefined;
  const waitForFreight = (isReached: (freight: Freight) => boolean, what: string): Promise<Freight> =>
    world.pipeline.waitFor(freights, { namespace }, isReached, what, waitMs);
  const expectFiles = async (environment: string): Promise<void> => {
    for (const [path, text] of Object.entries(expectValues(environment, digests)))
      expect(await world.read(path), path).toBe(text);
  };
  /** The pull request that a Promotion has opened. */
  const waitForPull = async (promotion: string): Promise<GiteaPull> => {
    const endsAtMs = Date.now() + waitMs;
    while (Date.now() < endsAtMs) {
      const pull = (await world.listPulls()).find(({ head }) => head.ref.endsWith(promotion));
      if (pull !== undefined) return pull;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`"${promotion}" has opened no pull request`);
  };

  test(
    'clones, pushes to main, and what runs is what was pushed',
    async () => {
      digests = await world.pipeline.pushBuild('gitea');
      await world.pipeline.apply(world.objects);
      await waitForFreight(isVerifiedIn('dev'), 'minted and verified in dev');
      const { type, place } = exampleApplication('dev');
      const application = await world.pipeline.waitFor(type, place, () => true, 'there', waitMs);
      expect(readRunningDigests(application)).toEqual(digests);
      await expectFiles('dev');
    },
    limitMs,
  );

  test(
    'waits for its pull request, and goes on when a person has merged it into the protected branch',
    async () => {
      await world.protectMain();
      const freight = await waitForFreight(isVerifiedIn('dev'), 'verified in dev');
      const name = await world.pipeline.promote(namespace, 'staging', freight.metadata.name);
      const pull = await waitForPull(name);
      expect(pull).toMatchObject({
        title: `Promote ${freight.alias} to staging`,
        state: 'open',
        labels: [{ name: 'promotion' }],
      });
      await world.passCheck(pull);
      await world.merge(pull);
      const { status } = await world.pipeline.waitForEnd(namespace, name, waitMs);
      expect(status?.phase, status?.message).toBe('Succeeded');
      await waitForFreight(isVerifiedIn('staging'), 'verified in staging');
      await expectFiles('staging');
      expect((await world.listPulls()).filter(({ head }) => head.ref.endsWith(name))).toHaveLength(1);
    },
    limitMs,
  );

  test(
    'has Gitea merge by itself once its check succeeds',
    async () => {
      const freight = await waitForFreight(() => true, 'minted');
      const name = await world.pipeline.promote(namespace, 'merging', freight.metadata.name);
      const pull = await waitForPull(name);
      expect(pull.labels.map((label) => label.name).sort()).toEqual(['by-itself', 'promotion']);
      const isQueued = ({ status }: Promotion): boolean =>
        status?.message?.includes('as soon as its checks succeed') === true;
      await world.pipeline.waitFor(promotions, { namespace, name }, isQueued, 'waiting for Gitea', waitMs);
      await world.passCheck(pull);
      const { status } = await world.pipeline.waitForEnd(namespace, name, waitMs);
      expect(status?.phase, status?.message).toBe('Succeeded');
      expect((await world.listPulls()).find(({ number }) => number === pull.number)).toMatchObject({
        merged: true,
      });
      expect(await world.readParents()).toBe(1);
      const path = 'sources/values/env/production/agents/agents-runtime.yaml';
      expect(await world.read(path)).toBe(expectValues('production', digests)[path]);
    },
    limitMs,
  );

  test(
    'is told by the protected branch that nobody may push to it',
    async () => {
      const { name } = (await waitForFreight(() => true, 'minted')).metadata;
      await world.pipeline.pushBuild('gitea, once more');
      await world.pipeline.refresh(namespace, 'ameide');
      const freight = await waitForFreight(({ metadata }) => metadata.name !== name, 'minted anew');
      const isOfIt = ({ spec }: Promotion): boolean =>
        spec.stage === 'dev' && spec.freight === freight.metadata.name;
      const started = await world.pipeline.waitFor(
        promotions,
        { namespace },
        isOfIt,
        'started in dev',
        waitMs,
      );
      const { status } = await world.pipeline.waitForEnd(namespace, started.metadata.name, waitMs);
      expect(status?.phase).toBe('Errored');
      expect(status?.message).toMatch(/protected/i);
    },
    limitMs,
  );
});
