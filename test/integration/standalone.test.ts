import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runStandalone } from '../../src/main/standalone-process.ts';
import { type CallAnswer, send } from '../contracts/kube-api/client.ts';
import { createTempFolder } from '../support/temp-folder.ts';

let temp: ReturnType<typeof createTempFolder>;
let data: string;
beforeEach(() => {
  temp = createTempFolder();
  data = join(temp.path, 'data');
});
afterEach(() => temp[Symbol.dispose]());

interface Kubeconfig {
  readonly server: string;
  readonly token: string;
  readonly ca: string;
}

function readKubeconfig(path: string): Kubeconfig {
  const config = JSON.parse(readFileSync(path, 'utf8'));
  const { cluster } = config.clusters[0];
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
  return { server: cluster.server, token: config.users[0].user.token, ca };
}

/** Runs the process until `use` is done with it. */
async function during(use: (kubeconfig: Kubeconfig) => Promise<void>, folder = data): Promise<void> {
  const stop = new AbortController();
  const log: string[] = [];
  let hasStarted: (line: string) => void = () => {};
  const ready = new Promise<string>((resolve) => {
    hasStarted = resolve;
  });
  const call = { data: folder, port: '0', json: true, controllers: true, environment: {} };
  const streams = {
    stdout: { write: (text: string) => hasStarted(text) },
    stderr: { write: (text: string) => log.push(text) },
  };
  const running = runStandalone(call, streams, stop.signal);
  const failed = running.then(() => Promise.reject(new Error(`it has ended: ${log.join('')}`)));
  failed.catch(() => {});
  try {
    const { kubeconfig } = JSON.parse(await Promise.race([ready, failed]));
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
    await use(readKubeconfig(kubeconfig));
  } finally {
    stop.abort(new Error('enough'));
    await running;
  }
}

function call({ server, token, ca }: Kubeconfig, path: string, body?: object): Promise<CallAnswer> {
  const under = { url: server, token, ca, [Symbol.asyncDispose]: async () => {} };
  return send(under, body === undefined ? { path } : { method: 'POST', path, body });
}

const projects = '/apis/kargo.akuity.io/v1alpha1/projects';
const project = { apiVersion: 'kargo.akuity.io/v1alpha1', kind: 'Project', metadata: { name: 'kept' } };
const nothing = { write: () => true };
const streams = { stdout: nothing, stderr: nothing };

test('what was there is there again after a restart, a backup and a restore', async () => {
  const backup = join(temp.path, 'backup');
  const options = { port: '0', json: true, controllers: false, environment: {} };
  let first: Kubeconfig | undefined;
  await during(async (kubeconfig) => {
    first = kubeconfig;
    expect((await call(kubeconfig, projects, project)).code).toBe(201);
    expect((await call({ ...kubeconfig, token: 'other' }, projects)).code).toBe(401);
    await expect(during(async () => {})).rejects.toMatchObject({ code: 'apiserver.data-locked' });
    await runStandalone({ ...options, data, backup }, streams, AbortSignal.timeout(10_000));
  });
  await during(async (kubeconfig) => {
    expect({ token: kubeconfig.token, ca: kubeconfig.ca }).toEqual({ token: first?.token, ca: first?.ca });
    expect((await call(kubeconfig, `${projects}/kept`)).code).toBe(200);
    expect((await call(kubeconfig, projects, { ...project, metadata: { name: 'more' } })).code).toBe(201);
  });
  const other = join(temp.path, 'other');
  await runStandalone({ ...options, data: other, restore: backup }, streams, AbortSignal.timeout(10_000));
  await during(async (kubeconfig) => {
    expect((await call(kubeconfig, `${projects}/kept`)).code).toBe(200);
    expect((await call(kubeconfig, `${projects}/more`)).code).toBe(404);
  }, other);
}, 60_000);

test('a port that is none is refused with a sentence', async () => {
  const options = { data, port: 'x', json: true, controllers: false, environment: {} };
  await expect(runStandalone(options, streams, AbortSignal.timeout(1000))).rejects.toThrow(
    '--port="x": expected a number from 0 to 65535',
  );
});
