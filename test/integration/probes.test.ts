import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freights } from '../../src/api/v1alpha1/index.ts';
import { type Pipeline, startPipeline } from '../support/pipeline.ts';
import { readExampleObjects } from '../support/pipeline-example.ts';
import { buildProgram, type Program, type RunningProgram } from '../support/pipeline-program.ts';

const namespace = 'ameide';
const limitMs = 60_000;
let pipeline: Pipeline;
let program: Program;
let controller: RunningProgram;
let url = '';

beforeAll(async () => {
  program = buildProgram();
  pipeline = await startPipeline(limitMs, { runsControllers: false });
  const { kubeconfig, environment } = pipeline.controller;
  const address = `127.0.0.1:${await freePort()}`;
  url = `http://${address}`;
  controller = program.start(['controller', '--kubeconfig', kubeconfig], {
    ...environment,
    METRICS_BIND_ADDRESS: address,
    LOG_LEVEL: 'DEBUG',
  });
  await controller.waitForLog('controllers are at work');
  pipeline.seedRepository();
  await pipeline.pushBuild('probes');
  await pipeline.apply(readExampleObjects(pipeline.sandbox.info.password));
  await pipeline.waitFor(
    freights,
    { namespace },
    ({ status }) => status?.verifiedIn?.['dev'] !== undefined,
    'verified in dev',
  );
}, limitMs);

afterAll(async () => {
  program?.[Symbol.dispose]();
  await pipeline?.[Symbol.asyncDispose]();
});

test('a controller at work is healthy and ready', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const { status, text } = await ask(path);
    expect([status, text], path).toEqual([200, 'ok\n']);
  }
});

test.each([
  {
    name: 'passes by controller and result',
    want: /^controller_runtime_reconcile_total\{controller="promotion",result="success"\} [1-9]/m,
  },
  { name: 'queue depth', want: /^workqueue_depth\{name="promotion",controller="promotion"\} \d/m },
  {
    name: 'durations of steps',
    want: /^gantry_promotion_step_duration_seconds_count\{[^}]*git-push[^}]*\} 1/m,
  },
  {
    name: 'results of steps',
    want: /^gantry_promotion_step_attempts_total\{[^}]*git-push[^}]*Succeeded[^}]*\} 1/m,
  },
  { name: 'requests to registries', want: /^gantry_registry_requests_total\{status="2xx"\} [1-9]/m },
  {
    name: 'requests to git hosts',
    want: /^git_requests_total\{host="github.com",operation="push",result="ok"\} 1/m,
  },
])('metrics tell $name', async ({ want }) => {
  const { status, text } = await ask('/metrics');
  expect(status).toBe(200);
  expect(text).toMatch(want);
});

test('log lines are JSON and hold no secret', () => {
  const lines = controller.log.trim().split('\n');
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      level: expect.any(String),
      time: expect.any(String),
      msg: expect.any(String),
    });
  }
  expect(controller.log).not.toContain(pipeline.sandbox.info.password);
});

test('metrics hold no secret and no name of an object', async () => {
  const { text } = await ask('/metrics');
  expect(text).not.toContain(pipeline.sandbox.info.password);
  expect(text).not.toContain('ameide');
});

test('a controller that is asked to end does so tidily', async () => {
  expect(await controller.stop()).toBe(0);
  expect(controller.log).toContain('stopping');
});

async function ask(path: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(5000) });
  return { status: response.status, text: await response.text() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
