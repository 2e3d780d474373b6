import { expect, test } from 'vitest';
import { AppError } from '../base/index.ts';
import type { Credential, CredentialRequest } from '../ports/index.ts';
import { withCredential } from './credential.ts';

const { signal } = new AbortController();
const request: CredentialRequest = { project: 'demo', kind: 'image', repoURL: 'ghcr.io/a/b' };
const refusal = new AppError('oci.auth-failed', 'refused', { disposition: 'stop' });

/** Credentials that give one password after the other, the last for ever. */
function credentialsOf(...passwords: (string | undefined)[]) {
  const asked: CredentialRequest[] = [];
  return {
    asked,
    async find(one: CredentialRequest): Promise<Credential | undefined> {
      asked.push(one);
      const password = passwords[Math.min(asked.length, passwords.length) - 1];
      return password === undefined ? undefined : { identity: 'me', username: 'u', password };
    },
  };
}

/** A host that lets one password in. */
function hostFor(password: string | undefined, otherwise: unknown = refusal) {
  const tried: (string | undefined)[] = [];
  const read = async (credential: Credential | undefined): Promise<string> => {
    tried.push(credential?.password);
    if (credential?.password !== password) throw otherwise;
    return 'answer';
  };
  return { tried, read };
}

test.each([
  { name: 'let in at once', passwords: ['a'], right: 'a', want: 'answer', tried: ['a'] },
  { name: 'renewed once', passwords: ['old', 'new'], right: 'new', want: 'answer', tried: ['old', 'new'] },
  { name: 'renewed in vain', passwords: ['old', 'new'], right: 'x', want: 'refused', tried: ['old', 'new'] },
  { name: 'nothing newer', passwords: ['old', 'old'], right: 'x', want: 'refused', tried: ['old'] },
  { name: 'none any more', passwords: ['old', undefined], right: 'x', want: 'refused', tried: ['old'] },
  { name: 'none at all', passwords: [undefined], right: 'x', want: 'refused', tried: [undefined] },
])('$name', async ({ passwords, right, want, tried }) => {
  const host = hostFor(right);
  const ended = withCredential(credentialsOf(...passwords), request, host.read, signal);
  expect(await ended.catch((error: Error) => error.message)).toBe(want);
  expect(host.tried).toEqual(tried);
});

test('a bearer token is another credential, too', async () => {
  const tokens = ['old', 'new'];
  const credentials = { find: async () => ({ identity: 'me', bearerToken: tokens.shift() ?? 'none' }) };
  const tried: (string | undefined)[] = [];
  const read = async (credential: Credential | undefined): Promise<string> => {
    tried.push(credential?.bearerToken);
    if (credential?.bearerToken !== 'new') throw refusal;
    return 'answer';
  };
  expect(await withCredential(credentials, request, read, signal)).toBe('answer');
  expect(tried).toEqual(['old', 'new']);
});

test('other errors renew nothing', async () => {
  const credentials = credentialsOf('old', 'new');
  const broken = new AppError('oci.unreachable', 'gone', { disposition: 'retry' });
  await expect(withCredential(credentials, request, hostFor('x', broken).read, signal)).rejects.toBe(broken);
  expect(credentials.asked).toHaveLength(1);
});
