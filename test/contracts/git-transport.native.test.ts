import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCommit } from '../../src/git/commits.ts';
import { HttpCarrier } from '../../src/git/http-carrier.ts';
import { createGitMetrics } from '../../src/git/metrics.ts';
import { GitTransport } from '../../src/git/transport.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { GitRemote } from '../../src/ports/index.ts';
import { emptyTreeId, type RefCommand, zeroId } from '../../src/wire/git/index.ts';
import { hasGitHttpBackend, type NativeGitHost, startGitHttpBackend } from '../support/git-http-backend.ts';
import { git } from '../support/native-git.ts';

const signal = AbortSignal.timeout(120_000);
const person = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_700_000_000, timezone: '+0000' };
const emptyTree = { type: 'tree', data: new Uint8Array() } as const;

function commitOf(message: string) {
  return createCommit({
    tree: emptyTreeId,
    parents: [],
    author: person,
    committer: person,
    headers: [],
    message: `${message}\n`,
  });
}

interface World extends AsyncDisposable {
  readonly host: NativeGitHost;
  readonly transport: GitTransport;
  readonly remote: GitRemote;
}

async function start(): Promise<World> {
  const host = await startGitHttpBackend();
  const http = createHttpClient();
  const options = { requestTimeoutMs: 60_000, stallTimeoutMs: 60_000, maxPackBytes: 1_000_000 };
  const carrier = new HttpCarrier(http, createGitMetrics(undefined), options);
  return {
    host,
    transport: new GitTransport(carrier, options),
    remote: {
      url: await host.createRepository('it'),
      credential: { identity: 'secret demo/git', ...host.credential },
    },
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!hasGitHttpBackend)('pushes to native git', { timeout: 60_000 }, () => {
  test('of several references at once change all of them or none', async () => {
    await using world = await start();
    const { transport, remote, host } = world;
    const one = commitOf('one');
    const two = commitOf('two');
    const objects = [one.object, two.object, emptyTree];
    const create = (ref: string, newId: string, oldId = zeroId): RefCommand => ({
      ref,
      oldId,
      newId: newId as RefCommand['newId'],
    });
    const both = [create('refs/heads/a', one.id), create('refs/heads/b', two.id, one.id)];
    const refused = await transport.push(remote, both, objects, signal, { isAtomic: true });
    expect(refused.report.refs.every(({ error }) => error !== undefined)).toBe(true);
    expect(await git(host.folderOf('it'), ['for-each-ref'])).toBe('');
    const partly = await transport.push(remote, both, objects, signal);
    expect(partly.report.refs.map(({ error }) => error === undefined)).toEqual([true, false]);
    const fitting = [create('refs/heads/c', one.id), create('refs/heads/d', two.id)];
    const done = await transport.push(remote, fitting, objects, signal, { isAtomic: true });
    expect(done.report.refs.every(({ error }) => error === undefined)).toBe(true);
  });

  test('bring push options to hooks, where the host takes them', async () => {
    await using world = await start();
    const { transport, remote, host } = world;
    const made = commitOf('one');
    const commands = [{ ref: 'refs/heads/main', oldId: zeroId, newId: made.id }];
    const push = () =>
      transport.push(remote, commands, [made.object, emptyTree], signal, { pushOptions: ['ci.skip', 'a=b'] });
    await expect(push()).rejects.toMatchObject({ code: 'git.unsupported', disposition: 'stop' });
    const folder = host.folderOf('it');
    await git(folder, ['config', 'receive.advertisePushOptions', 'true']);
    const script = '#!/bin/sh\necho "$GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_0 $GIT_PUSH_OPTION_1" >&2\n';
    await writeFile(join(folder, 'hooks', 'pre-receive'), script, { mode: 0o755 });
    const { report, said } = await startAgain().push(remote, commands, [made.object, emptyTree], signal, {
      pushOptions: ['ci.skip', 'a=b'],
    });
    expect(report.refs).toEqual([{ ref: 'refs/heads/main', error: undefined }]);
    expect(said).toContain('2 ci.skip a=b');
  });
});

/** Another process. */
function startAgain(): GitTransport {
  const options = { requestTimeoutMs: 60_000, stallTimeoutMs: 60_000, maxPackBytes: 1_000_000 };
  return new GitTransport(new HttpCarrier(createHttpClient(), createGitMetrics(undefined), options), options);
}
