import { expect, test } from 'vitest';
import type { Permit } from '../kube/index.ts';
import type { HttpClient } from '../ports/index.ts';
import type { Adapters } from './adapters.ts';
import { guardAdapters, guardHttp } from './guarded.ts';

const live = new AbortController().signal;
const refusal = new Error('no permit');
const refuse: Permit = () => Promise.reject(refusal);
const grant: Permit = (signal, work) => work(signal);

/** Adapters of which every method says its name, whatever it is given. */
function speaking(said: string[]): Adapters {
  const speak = (port: string): object =>
    new Proxy(
      {},
      {
        get: (_target, name) => () => {
          said.push(`${port}.${String(name)}`);
          return Promise.resolve();
        },
      },
    );
  const ports = ['http', 'git', 'history', 'charts', 'registry', 'forges', 'credentials', 'argocd'];
  return Object.fromEntries(ports.map((port) => [port, speak(port)])) as unknown as Adapters;
}

/** Calls every method of a guarded port once, the signal last, as often as it takes parameters. */
async function callAll(port: object): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const [name, method] of Object.entries(port) as [string, (...given: unknown[]) => unknown][]) {
    const given = Array.from({ length: method.length }, (_, index) =>
      index === method.length - 1 ? live : {},
    );
    await Promise.resolve()
      .then(() => method(...given))
      .catch((error: unknown) => {
        if (error !== refusal) throw error;
        refused.push(name);
      });
  }
  return refused;
}

test('without the permit nothing is done outside, and looking goes on', async () => {
  const said: string[] = [];
  const guarded = guardAdapters(speaking(said), refuse);
  expect(await callAll(guarded.git)).toEqual(['createBranch', 'push', 'pushTag']);
  expect(await callAll(guarded.forges)).toEqual([
    'openPullRequest',
    'updatePullRequest',
    'closePullRequest',
    'mergePullRequest',
  ]);
  expect(await callAll(guarded.argocd)).toEqual(['patch', 'refresh']);
  expect(said.filter((name) => /push|createBranch|open|update|close|merge|patch|refresh/.test(name))).toEqual(
    [],
  );
  expect(said).toContain('git.checkout');
});

test('with the permit everything reaches its adapter', async () => {
  const said: string[] = [];
  const guarded = guardAdapters(speaking(said), grant);
  for (const port of [guarded.git, guarded.forges, guarded.argocd]) await callAll(port);
  const names = ['git.push', 'git.createBranch', 'forges.openPullRequest', 'forges.mergePullRequest'];
  expect(said).toEqual(expect.arrayContaining([...names, 'argocd.patch', 'argocd.refresh']));
});

test('every request over HTTP needs the permit', async () => {
  const { http } = speaking([]);
  const client: HttpClient = guardHttp(http, refuse);
  expect(await callAll(client)).toEqual(['request', 'stream']);
});
