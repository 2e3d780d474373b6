import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { promotions } from '../../src/api/v1alpha1/index.ts';
import { createKubectl, hasKubectl, type Kubectl } from '../support/kubectl.ts';
import { type Pipeline, startPipeline } from '../support/pipeline.ts';
import { gitopsRepository, readExampleTexts } from '../support/pipeline-example.ts';

const limitMs = 120_000;
const inProject = ['-n', 'ameide'];

describe.skipIf(!hasKubectl)('the example by kubectl (skipped when it is not on the PATH)', () => {
  let pipeline: Pipeline;
  let kubectl: Kubectl;
  let files: readonly string[] = [];

  beforeAll(async () => {
    pipeline = await startPipeline(limitMs);
    kubectl = createKubectl(pipeline.sandbox.info.kubeconfig);
    pipeline.seedRepository();
    await pipeline.pushBuild('kubectl');
    files = Object.entries(readExampleTexts(pipeline.sandbox.info.password)).flatMap(([name, text]) => [
      '-f',
      kubectl.file(name, text),
    ]);
  }, limitMs);

  afterAll(async () => {
    kubectl?.[Symbol.dispose]();
    await pipeline?.[Symbol.asyncDispose]();
  });

  test(
    'creates, watches, describes and deletes it',
    async () => {
      const applied = await kubectl.must('apply', ...files);
      expect(applied).toContain('project.kargo.akuity.io/ameide created');
      expect(applied).toContain('stage.kargo.akuity.io/production created');
      expect(await kubectl.must('apply', ...files)).not.toContain('created');

      const isReady = (out: string): boolean => /^dev\s.*\bTrue\b/m.test(out);
      const watched = await kubectl.until(isReady, ...inProject, 'get', 'stages', '-w');
      expect(watched).toMatch(/^NAME\s/);
      const freight = (await kubectl.must(...inProject, 'get', 'freight', '-o', 'name')).trim();
      await waitFor(freight, '{.status.verifiedIn.dev.verifiedAt}');

      const promotion = await promote(freight.split('/').at(-1) ?? '');
      await waitFor(promotion, '{.status.phase}=Running');
      expect(await kubectl.must(...inProject, 'describe', promotion)).toMatch(/Uses:\s+git-open-pr/);
      await merge(promotion.split('/').at(-1) ?? '');
      await waitFor(promotion, '{.status.phase}=Succeeded');
      await waitFor(freight, '{.status.verifiedIn.staging.verifiedAt}');

      // Events name their object without its uid, as Kargo's do, so they are listed but not described.
      expect(await kubectl.must(...inProject, 'get', 'events')).toContain('PromotionSucceeded');
      expect(await kubectl.must(...inProject, 'describe', 'stage', 'staging')).toMatch(/Reason:\s+Verified/);
      expect(await kubectl.must(...inProject, 'describe', 'warehouse', 'ameide')).toContain(
        'ArtifactsDiscovered',
      );
      const table = await kubectl.must(...inProject, 'get', 'promotions');
      expect(table).toMatch(/^NAME\s+SHARD\s+STAGE\s+FREIGHT\s+PHASE\s+AGE/);
      expect(table.match(/Succeeded/g)).toHaveLength(2);

      expect(await kubectl.must('delete', ...files, '--timeout=30s')).toContain('"ameide" deleted');
      expect(await kubectl.must('get', 'promotions,stages', '-A', '-o', 'name')).toBe('');
      // The namespace outlives its Project until a person deletes it.
      await kubectl.must('delete', 'namespace', 'ameide', '--timeout=30s');
      expect(await kubectl.must('get', 'freight', '-A', '-o', 'name')).toBe('');
    },
    limitMs,
  );

  function waitFor(object: string, jsonpath: string): Promise<string> {
    return kubectl.must(...inProject, 'wait', `--for=jsonpath=${jsonpath}`, object, '--timeout=30s');
  }

  async function promote(freight: string): Promise<string> {
    const file = kubectl.file(
      'promotion.yaml',
      `apiVersion: kargo.akuity.io/v1alpha1
kind: Promotion
metadata: { generateName: staging., namespace: ameide }
spec: { stage: staging, freight: ${freight} }
`,
    );
    return (await kubectl.must('create', '-f', file, '-o', 'name')).trim();
  }

  async function merge(name: string): Promise<void> {
    await pipeline.waitFor(
      promotions,
      { namespace: 'ameide', name },
      ({ status }) => status?.stepExecutionMetadata?.at(-1)?.alias === 'propose::wait-for-pr',
      'waiting for its pull request',
    );
    const { forge } = pipeline.sandbox.servers;
    const pull = forge.listPulls(gitopsRepository).at(-1);
    expect(await forge.merge(gitopsRepository, pull?.number ?? 0, { login: 'a-person' })).toHaveProperty(
      'commit',
    );
  }
});
