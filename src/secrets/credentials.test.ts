import { describe, expect, test } from 'vitest';
import { readTable } from '../../test/support/tables.ts';
import type { Secret } from '../api/core/index.ts';
import type { CredentialKind, KubeReader } from '../ports/index.ts';
import { createSecretCredentials } from './index.ts';

interface Input {
  readonly kind: string;
  readonly allowOverHTTP: boolean;
  readonly project: string;
  readonly repoURL: string;
  readonly sharedNamespace: string;
  readonly type: CredentialKind;
  readonly secrets: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly credType: string;
    readonly data: Readonly<Record<string, string>>;
  }[];
}

interface Expect {
  readonly username?: string;
  readonly sshPrivateKey?: string;
}

const rows = readTable<Input, Expect | null>('urls.jsonl')?.filter((row) => row.input.kind === 'credentials');
const { signal } = new AbortController();

describe.skipIf(rows === undefined)('reference table urls, group credentials', () => {
  test.each((rows ?? []).map((row) => ({ ...row })))('$id', async ({ input, expect: want }) => {
    const credentials = createSecretCredentials(
      { reader: readerOf(input.secrets.map(toSecret)) },
      { sharedNamespace: input.sharedNamespace, allowOverHttp: input.allowOverHTTP },
    );
    const found = await credentials.find(
      { project: input.project, kind: input.type, repoURL: input.repoURL },
      signal,
    );
    expect(found?.username ?? null).toBe(want === null ? null : (want.username ?? null));
  });
});

test('a Secret that matches but cannot be used stops the search', async () => {
  const broken = secretOf('a-broken', 'image', { repoURL: 'ghcr.io/example/app', username: 'only' });
  const good = secretOf('b-good', 'image', { repoURL: 'ghcr.io/example/app', username: 'u', password: 'p' });
  const credentials = createSecretCredentials({ reader: readerOf([broken, good]) });
  const request = { project: 'demo', kind: 'image' as const, repoURL: 'ghcr.io/example/app' };
  await expect(credentials.find(request, signal)).rejects.toMatchObject({ code: 'credentials.unusable' });
});

test('the identity names the Secret and nothing in it', async () => {
  const secret = secretOf('ssh', 'git', { repoURL: 'git@github.com:example/repo.git', sshPrivateKey: 'KEY' });
  const credentials = createSecretCredentials({ reader: readerOf([secret]) });
  const request = { project: 'demo', kind: 'git' as const, repoURL: 'ssh://git@github.com/example/repo' };
  expect(await credentials.find(request, signal)).toEqual({
    identity: 'secret demo/ssh',
    sshPrivateKey: 'KEY',
  });
});

function secretOf(name: string, credType: string, data: Readonly<Record<string, string>>): Secret {
  return toSecret({ name, namespace: 'demo', credType, data });
}

function toSecret(given: Input['secrets'][number]): Secret {
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
