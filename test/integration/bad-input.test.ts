import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Condition } from '../../src/api/meta/index.ts';
import {
  freights,
  type Promotion,
  promotions,
  type Stage,
  stages,
  type Warehouse,
  warehouses,
} from '../../src/api/v1alpha1/index.ts';
import {
  type BadRow,
  badRows,
  filesOf,
  healthyRepository,
  badProject as namespace,
  objectsOf,
  protectedRepository,
} from '../support/bad-rows.ts';
import { type Pipeline, startPipeline } from '../support/pipeline.ts';
import { commonObjects, rowObjects, rowValues, valuesPath } from '../support/release-rows.ts';
import { tell } from '../support/tell.ts';

const limitMs = 90_000;
const patienceMs = 30_000;
const rowLimitMs = 40_000;
let pipeline: Pipeline;
let freight = '';

beforeAll(async () => {
  pipeline = await startPipeline(limitMs, { hosts: badRows.flatMap(({ host }) => host ?? []) });
  pipeline.artifacts.interfere = (request) => {
    for (const row of badRows) {
      const interference = row.interfere?.(request);
      if (interference !== undefined) return interference;
    }
    return undefined;
  };
  pipeline.seedRepository(filesOf(badRows));
  const { git } = pipeline.sandbox.servers;
  git.commitFiles(protectedRepository, 'main', { files: { ...filesOf(badRows) }, message: 'Start' });
  git.protectBranch(protectedRepository, 'main');
  await pipeline.pushImage('agents-runtime', 'bad input');
  await pipeline.apply(commonObjects(namespace, pipeline.sandbox.info.password));
  freight = (await pipeline.waitFor(freights, { namespace }, () => true, 'minted')).metadata.name;
}, limitMs);

afterAll(() => pipeline?.[Symbol.asyncDispose]());

describe.concurrent('bad input is named where people look', () => {
  test.each(badRows)(
    '$name: $because',
    async (row) => {
      await pipeline.apply(objectsOf(row));
      const text = await readTrouble(row);
      for (const part of row.want.names) expect(text).toContain(part);
      expect(text).not.toContain(pipeline.sandbox.info.password);
      if (process.env['GANTRY_TELL'] !== undefined) tell(`${row.name}: ${text}`);
    },
    rowLimitMs,
  );
});

test('healthy neighbors go on, nothing is busy', async () => {
  const { git } = pipeline.sandbox.servers;
  const stage = 'neighbor';
  git.commitFiles(healthyRepository, 'main', {
    files: { [valuesPath(stage)]: rowValues },
    message: 'Add neighbor',
  });
  await pipeline.apply(rowObjects(namespace, stage, 'direct'));
  const promotion = await pipeline.promote(namespace, stage, freight);
  const { status } = await pipeline.waitForEnd(namespace, promotion);
  expect(status?.phase, status?.message).toBe('Succeeded');
  expect(pipeline.read(valuesPath(stage))).not.toBe(rowValues);
});

test(
  'what has gone wrong is looked at again, but not in a hurry',
  async () => {
    // On a busy machine the last writes come late; whatever is in a hurry never rests.
    let seen = await observe(3000);
    for (let looks = 1; looks < 10 && !isAtRest(seen); looks++) seen = await observe(3000);
    tell(
      `at rest with ${badRows.length} troubles, in 3 s: ${seen.asked} requests to the API server, ${seen.writes.length} writes, ${seen.outside} requests outside`,
    );
    expect(seen.writes).toEqual([]);
    expect(isAtRest(seen), JSON.stringify(seen)).toBe(true);
    expect(pipeline.log.filter((line) => line.includes(pipeline.sandbox.info.password))).toEqual([]);
  },
  limitMs,
);

interface Seen {
  /** Requests to the API server. */
  readonly asked: number;
  readonly writes: readonly string[];
  /** Requests to hosts of artifacts. */
  readonly outside: number;
}

function isAtRest({ asked, writes, outside }: Seen): boolean {
  return writes.length === 0 && outside < badRows.length && asked < 2 * badRows.length;
}

/** What is asked for a while. */
async function observe(ms: number): Promise<Seen> {
  const { api, artifacts } = pipeline;
  const [from, fromArtifacts] = [api.passed.length, artifacts.passed.length];
  await pause(ms);
  const asked = api.passed.slice(from);
  const writes = asked.filter(({ method, path }) => method !== 'GET' && !path.includes('/events'));
  return {
    asked: asked.length,
    writes: writes.map(({ method, path, body }) => `${method} ${path} ${body}`),
    outside: artifacts.passed.length - fromArtifacts,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until the trouble of a row is told, and gives the text. */
async function readTrouble({ name, want }: BadRow): Promise<string> {
  switch (want.kind) {
    case 'promotion': {
      await pipeline.waitFor(stages, { namespace, name }, ({ status }) => status !== undefined, 'seen');
      const promotion = await pipeline.promote(namespace, name, freight);
      const isTold = ({ status }: Promotion): boolean =>
        status?.phase === want.phase && want.names.every((part) => status.message?.includes(part) === true);
      const { status } = await pipeline.waitFor(
        promotions,
        { namespace, name: promotion },
        isTold,
        `${want.phase}, naming ${want.names}`,
        patienceMs,
      );
      return status?.message ?? '';
    }
    case 'condition': {
      const isTold = ({ status }: Stage | Warehouse): boolean =>
        findTrouble(status?.conditions, want.reason) !== undefined;
      const place = { namespace, name };
      const told =
        want.on === 'Stage'
          ? await pipeline.waitFor(stages, place, isTold, want.reason, patienceMs)
          : await pipeline.waitFor(warehouses, place, isTold, want.reason, patienceMs);
      return findTrouble(told.status?.conditions, want.reason)?.message ?? '';
    }
  }
}

function findTrouble(conditions: readonly Condition[] | undefined, reason: string): Condition | undefined {
  return conditions?.find((one) => one.type === 'Ready' && one.status === 'False' && one.reason === reason);
}
