import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { applications } from '../../src/api/argocd/index.ts';
import { freights } from '../../src/api/v1alpha1/index.ts';
import { runDemo } from '../../src/main/demo/index.ts';
import { startSandbox } from '../../src/main/sandbox/index.ts';
import { createSurroundings } from '../../src/main/surroundings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const timeLimitMs = 100_000;

test('the demo brings one Freight to production while main moves on', { timeout: 120_000 }, async () => {
  const end = new AbortController();
  const surroundings = createSurroundings('silent', process.stderr);
  const sandbox = await startSandbox(surroundings, { healthDelayMs: 200 }, end.signal);
  let told = '';
  try {
    const code = await runDemo({
      sandbox,
      clock: surroundings.clock,
      random: surroundings.random,
      output: {
        write: (text) => {
          told += text;
          if (process.env['GANTRY_TELL'] !== undefined) process.stderr.write(text);
        },
        isTerminal: process.env['GANTRY_TELL'] === 'tty',
        columns: 160,
      },
      once: true,
      timeLimitMs,
      readExample: (path) => readFile(join(root, 'examples/ameide', path), 'utf8'),
      signal: end.signal,
    });
    expect(code, told).toBe(0);
    expect(told).toContain('production verified after');
    const all = await sandbox.client.reader.listLive(freights, { namespace: 'ameide' }, end.signal);
    expect(all).toHaveLength(2);
    const promoted = all.find((freight) => freight.status?.verifiedIn?.['production'] !== undefined);
    const key = { namespace: 'argocd', name: 'ameide-production' };
    const application = await sandbox.client.reader.getLive(applications, key, end.signal);
    const wanted = (promoted?.images ?? []).map(({ repoURL, digest }) => `${repoURL}@${digest}`);
    const running = application?.status?.summary?.images ?? [];
    expect(running.filter((image) => image.startsWith('ghcr.io/ameideio/')).sort()).toEqual(wanted.sort());
  } finally {
    end.abort(new Error('the test is over'));
    await sandbox.close();
  }
});

test('a release that does not arrive ends with what each Stage waits for', { timeout: 60_000 }, async () => {
  const end = new AbortController();
  const surroundings = createSurroundings('silent', process.stderr);
  const sandbox = await startSandbox(surroundings, { healthDelayMs: 600_000 }, end.signal);
  let told = '';
  try {
    const code = await runDemo({
      sandbox,
      clock: surroundings.clock,
      random: surroundings.random,
      output: {
        write: (text) => {
          told += text;
        },
        isTerminal: false,
        columns: 160,
      },
      once: true,
      timeLimitMs: 5000,
      readExample: (path) => readFile(join(root, 'examples/ameide', path), 'utf8'),
      signal: end.signal,
    });
    expect(code, told).toBe(1);
    expect(told).toContain('The release did not arrive: not verified in production within 5 s');
    expect(told).toMatch(/\n {2}Stage dev \S/);
    expect(told).toMatch(/\n {2}Stage production \S/);
  } finally {
    end.abort(new Error('the test is over'));
    await sandbox.close();
  }
});
