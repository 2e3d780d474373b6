import { expect, test } from 'vitest';
import { createTestCredentials } from '../../test/support/credentials.ts';
import type { Secret } from '../api/core/index.ts';
import type { KubeReader } from '../ports/index.ts';

const { signal } = new AbortController();

test('a Secret that matches but cannot be used stops the search', async () => {
  const broken = secretOf('a-broken', 'image', { repoURL: 'ghcr.io/example/app', username: 'only' });
  const good = secretOf('b-good', 'image', { repoURL: 'ghcr.io/example/app', username: 'u', password: 'p' });
  const { desk: credentials } = createTestCredentials({ reader: readerOf([broken, good]) });
  const request = { project: 'demo', kind: 'image' as const, repoURL: 'ghcr.io/example/app' };
  await expect(credentials.find(request, signal)).rejects.toMatchObject({ code: 'credentials.unusable' });
});

test('the identity names the Secret and nothing in it', async () => {
  const secret = secretOf('ssh', 'git', { repoURL: 'git@github.com:example/repo.git', sshPrivateKey: 'KEY' });
  const { desk: credentials } = createTestCredentials({ reader: readerOf([secret]) });
  const request = { project: 'demo', kind: 'git' as const, repoURL: 'ssh://git@github.com/example/repo' };
  expect(await credentials.find(request, signal)).toEqual({
    identity: 'secret demo/ssh',
    sshPrivateKey: 'KEY',
    revision: expect.any(String),
  });
});

test('a Secret for git may name the hosts of its key, and may hold a bearer token', async () => {
  const repoURL = 'https://git.example/a/b';
  const request = { project: 'demo', kind: 'git' as const, repoURL };
  const find = (data: Readonly<Record<string, string>>) =>
    createTestCredentials({ reader: readerOf([secretOf('it', 'git', { repoURL, ...data })]) }).desk.find(
      request,
      signal,
    );
  expect(await find({ sshPrivateKey: 'KEY', known_hosts: 'git.example ssh-ed25519 AAAA' })).toMatchObject({
    sshPrivateKey: 'KEY',
    sshKnownHosts: 'git.example ssh-ed25519 AAAA',
  });
  expect(await find({ bearerToken: 'TOKEN\n' })).toMatchObject({ bearerToken: 'TOKEN' });
  const both = await find({ bearerToken: 'TOKEN', username: 'u', password: 'p' });
  expect(both, 'a password is what Kargo would use').toMatchObject({ username: 'u', password: 'p' });
  expect(both).not.toHaveProperty('bearerToken');
});

test('a Secret that the watch has not told of yet is found at the server', async () => {
  const secret = secretOf('new', 'image', { repoURL: 'ghcr.io/example/app', username: 'u', password: 'p' });
  const { desk: credentials } = createTestCredentials({ reader: { ...readerOf([secret]), list: () => [] } });
  const request = { project: 'demo', kind: 'image' as const, repoURL: 'ghcr.io/example/app' };
  expect(await credentials.find(request, signal)).toMatchObject({ identity: 'secret demo/new' });
});

interface GivenSecret {
  readonly name: string;
  readonly namespace: string;
  readonly credType: string;
  readonly data: Readonly<Record<string, string>>;
}

function secretOf(name: string, credType: string, data: Readonly<Record<string, string>>): Secret {
  return toSecret({ name, namespace: 'demo', credType, data });
}

function toSecret(given: GivenSecret): Secret {
  const data = Object.entries(given.data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: given.name,
      namespace: given.namespace,
      labels: { 'kargo.akuity.io/cred-type': given.credType },
    },
    data: Object.fromEntries(data) as Record<string, string>,
  };
}

/** Answers lists of Secrets from its argument. */
function readerOf(all: readonly Secret[]): KubeReader {
  const inNamespace = (namespace: string | undefined): readonly never[] =>
    all.filter((secret) => secret.metadata.namespace === namespace) as readonly unknown[] as readonly never[];
  return {
    get: () => undefined,
    list: (_type, selection) => inNamespace(selection?.namespace),
    getLive: async () => undefined,
    listLive: async (_type, selection) => inNamespace(selection.namespace),
  };
}
