import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applications } from '../../src/api/argocd/index.ts';
import { annotations, freights, promotions, stages } from '../../src/api/v1alpha1/index.ts';
import {
  type Pipeline,
  type PipelineOptions,
  readRunningDigests,
  startPipeline,
} from '../support/pipeline.ts';
import { gitopsRepository } from '../support/pipeline-example.ts';
import { countPromotionCommits, countPullRequests } from '../support/pipeline-history.ts';
import { buildProgram, type Program, type RunningProgram } from '../support/pipeline-program.ts';
import {
  commonObjects,
  momentOf,
  rowObjects,
  rowValues,
  valuesPath,
  type Way,
} from '../support/release-rows.ts';
import { tell } from '../support/tell.ts';

/** A moment at which the controllers are killed. */
interface Point {
  /** As `momentOf` names it. */
  readonly moment: string;
  /** The how-manieth of its name, from 1. */
  readonly ordinal: number;
  /** Has the server seen the request? */
  readonly when: 'before' | 'after';
}

/** How a row ended; equal for all rows of one way. */
interface Ending {
  readonly phase: string | undefined;
  readonly steps: readonly string[];
  readonly values: string;
  readonly running: Readonly<Record<string, string>>;
  readonly commits: number | undefined;
  readonly pullRequests: number;
}

const namespace = 'crash';
const limitMs = 480_000;
/** Ten restarts of the program on a busy machine. */
const patienceMs = 120_000;
const tableLimitMs = 1_800_000;
let pipeline: Pipeline;
let program: Program;
let child: RunningProgram;
let freight = '';
let rows = 0;

/** Controllers that are killed at every moment of a promotion, on any API server. */
export function describeCrashes(name: string, options: PipelineOptions): void {
  describe(`crashes: ${name}`, () => {
    beforeAll(async () => {
      program = buildProgram();
      pipeline = await startPipeline(tableLimitMs, { ...options, runsControllers: false, healthDelayMs: 10 });
      pipeline.seedRepository();
      await pipeline.pushImage('agents-runtime', 'crash');
      await pipeline.apply(commonObjects(namespace, pipeline.sandbox.info.password));
      startChild();
      freight = (await pipeline.waitFor(freights, { namespace }, () => true, 'minted')).metadata.name;
    }, limitMs);

    afterAll(async () => {
      program?.[Symbol.dispose]();
      await pipeline?.[Symbol.asyncDispose]();
    });

    test.each<{ readonly way: Way }>([{ way: 'direct' }, { way: 'proposing' }])(
      'a $way promotion survives a kill at every moment',
      async ({ way }) => {
        const started = performance.now();
        // What a process asks only once stands in no later run.
        await runRow(way, () => undefined);
        const seen: Point[] = [];
        const undisturbed = await runRow(way, (moment, ordinal) => {
          seen.push(...pointsAt(moment, ordinal, way));
          return undefined;
        });
        expect(undisturbed).toMatchObject({
          phase: 'Succeeded',
          commits: 1,
          pullRequests: way === 'direct' ? 0 : 1,
        });
        expect(undisturbed.values).not.toBe(rowValues);

        const missed: string[] = [];
        for (const point of seen) {
          let isHit = false;
          const ending = await runRow(way, (moment, ordinal) => {
            if (isHit || moment !== point.moment || ordinal !== point.ordinal) return undefined;
            isHit = true;
            return point.when;
          });
          expect(ending, nameOf(point)).toEqual(undisturbed);
          if (!isHit) missed.push(nameOf(point));
        }
        tell(
          `${way}: ${seen.length} kills in ${Math.round((performance.now() - started) / 1000)} s; not reached: ${missed.join(', ') || 'none'}`,
        );
        // Reads may be spared, and writes about the Stage or of one status joined; what acts outside is always there.
        const isSpared = (one: string): boolean => /Stage|Freight|Promotion status|upload-pack|GET/.test(one);
        expect(missed.filter((one) => !isSpared(one))).toEqual([]);
        expect(missed.length, 'nearly all moments were reached').toBeLessThan(seen.length / 4);
      },
      limitMs,
    );

    test.each<{ readonly way: Way }>([{ way: 'direct' }, { way: 'proposing' }])(
      'a $way promotion survives a kill after each of its moments in turn',
      async ({ way }) => {
        const killed = new Set<string>();
        const ending = await runRow(way, (moment) => {
          if (killed.has(moment)) return undefined;
          killed.add(moment);
          return 'after';
        });
        expect(ending).toMatchObject({
          phase: 'Succeeded',
          commits: 1,
          pullRequests: way === 'direct' ? 0 : 1,
        });
        tell(`${way}: one promotion survived ${killed.size} kills`);
      },
      limitMs,
    );
  });
}

/** A read leaves nothing behind, so one kill is enough; what happens around a Stage is the same for both ways. */
function pointsAt(moment: string, ordinal: number, way: Way): readonly Point[] {
  if (way === 'proposing' && /^(?:Stage|Freight)/.test(moment)) return [];
  const before: Point = { moment, ordinal, when: 'before' };
  return /upload-pack|refs|GET/.test(moment) ? [before] : [before, { moment, ordinal, when: 'after' }];
}

function nameOf({ moment, ordinal, when }: Point): string {
  return `${when} ${moment} ${ordinal}`;
}

function startChild(): void {
  const { kubeconfig, environment } = pipeline.controller;
  child = program.start(['controller', '--kubeconfig', kubeconfig], environment);
}

/** Promotes in a Stage of its own, and kills and restarts the controllers where `decide` says so. */
async function runRow(
  way: Way,
  decide: (moment: string, ordinal: number) => 'before' | 'after' | undefined,
): Promise<Ending> {
  rows += 1;
  const stage = `${way}-${rows}`;
  const git = pipeline.sandbox.servers.git;
  git.commitFiles(gitopsRepository, 'main', {
    files: { [valuesPath(stage)]: rowValues },
    message: `Add ${stage}`,
  });
  await pipeline.apply(rowObjects(namespace, stage, way));
  await pipeline.waitFor(
    stages,
    { namespace, name: stage },
    ({ status }) => status?.observedGeneration === 1,
    'seen',
    patienceMs,
  );
  const counts = new Map<string, number>();
  let promotion = '';
  pipeline.artifacts.interfere = pipeline.api.interfere = (request) => {
    const moment = momentOf(request, { stage, promotion });
    if (moment === undefined) return undefined;
    const ordinal = (counts.get(moment) ?? 0) + 1;
    counts.set(moment, ordinal);
    const when = decide(moment, ordinal);
    return when === undefined ? undefined : { kind: 'cut', when, act: restart };
  };
  promotion = await pipeline.promote(namespace, stage, freight);
  if (way === 'proposing') await mergeWhenProposed(promotion);
  await pipeline.waitForEnd(namespace, promotion, patienceMs);
  await pipeline.waitFor(
    freights,
    { namespace, name: freight },
    ({ status }) => status?.verifiedIn?.[stage] !== undefined,
    `verified in ${stage}`,
    patienceMs,
  );
  await pipeline.waitFor(
    stages,
    { namespace, name: stage },
    ({ metadata, status }) =>
      status?.lastPromotion?.name === promotion &&
      status.currentPromotion === undefined &&
      metadata.annotations?.[annotations.argocdContext] !== undefined,
    'at rest',
    patienceMs,
  );
  return readEnding(stage, promotion);
}

/** Requests of one moment may be cut together; there is never more than one process at work. */
let restarting: Promise<void> | undefined;

function restart(): Promise<void> {
  restarting ??= child
    .kill()
    .then(startChild)
    .finally(() => {
      restarting = undefined;
    });
  return restarting;
}

async function mergeWhenProposed(promotion: string): Promise<void> {
  const key = { namespace, name: promotion };
  await pipeline.waitFor(
    promotions,
    key,
    ({ status }) => status?.stepExecutionMetadata?.at(-1)?.alias === 'wait-for-pr',
    'waiting for its pull request',
    patienceMs,
  );
  const { client, servers } = pipeline.sandbox;
  const head = `kargo/promotion/${promotion}`;
  const pull = servers.forge.listPulls(gitopsRepository).find((one) => one.headBranch === head);
  await servers.forge.merge(gitopsRepository, pull?.number ?? 0, { login: 'a-person' });
  const patch = { metadata: { annotations: { [annotations.refresh]: 'merged' } } };
  await client.writer.mergePatch(promotions, key, patch, {}, pipeline.signal);
}

async function readEnding(stage: string, name: string): Promise<Ending> {
  const { status } = await pipeline.waitFor(promotions, { namespace, name }, () => true, 'there');
  const application = await pipeline.waitFor(
    applications,
    { namespace: 'argocd', name: stage },
    () => true,
    'there',
  );
  return {
    phase: status?.phase,
    steps: (status?.stepExecutionMetadata ?? []).map((step) => `${step.alias} ${step.status}`),
    values: pipeline.read(valuesPath(stage)),
    running: readRunningDigests(application),
    commits: countPromotionCommits(pipeline).get(`${namespace}/${name}`),
    pullRequests: countPullRequests(pipeline, name),
  };
}
