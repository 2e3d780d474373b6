import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTemporaryFolder, git, hasNativeGit, runGit } from '../../../test/support/native-git.ts';
import {
  hasGpg,
  hasSshKeygen,
  type MadeKey,
  makeGpgKey,
  makeSshKey,
} from '../../../test/support/signing-programs.ts';
import { decodeCommit, emptyTreeId, encodeCommit, encodeTag, parseObjectId } from '../../wire/git/index.ts';
import { readSignature, signCommit, signTag } from './signed.ts';
import { Signers } from './signer.ts';

const who = { name: 'Gantry', email: 'gantry@example.com', timeSec: 1_767_323_045, timezone: '+0000' };
const commit = {
  tree: emptyTreeId,
  parents: [],
  author: who,
  committer: who,
  headers: [{ name: 'promotion', value: 'demo/prod.01/commit' }],
  message: 'Update image\n\nSecond paragraph, with ümlauts.\n',
};
const signers = new Signers();
const folder = createTemporaryFolder();
beforeAll(async () => {
  if (hasNativeGit) await git(folder.path, ['init', '--quiet', '.']);
  if (hasNativeGit) await git(folder.path, ['hash-object', '-t', 'tree', '-w', '--stdin'], { input: '' });
});
afterAll(() => folder[Symbol.dispose]());

const programs = [
  { name: 'gpg, ed25519', kind: 'gpg', make: () => makeGpgKey(folder.path, 'ed25519') },
  { name: 'gpg, rsa', kind: 'gpg', make: () => makeGpgKey(folder.path, 'rsa2048') },
  { name: 'ssh-keygen, ed25519', kind: 'ssh', make: () => makeSshKey(folder.path, 'ed25519') },
  { name: 'ssh-keygen, rsa', kind: 'ssh', make: () => makeSshKey(folder.path, 'rsa') },
  {
    name: 'ssh-keygen, rsa in PEM form',
    kind: 'ssh',
    make: () => makeSshKey(folder.path, 'rsa', { pem: true }),
  },
  { name: 'ssh-keygen, ecdsa', kind: 'ssh', make: () => makeSshKey(folder.path, 'ecdsa') },
  {
    name: 'ssh-keygen, ed25519 with a passphrase',
    kind: 'ssh',
    passphrase: 'open sesame',
    make: () => makeSshKey(folder.path, 'ed25519', { passphrase: 'open sesame' }),
  },
];

describe.each(programs)('a key made by $name', ({ kind, make, passphrase }) => {
  const isThere = hasNativeGit && (kind === 'gpg' ? hasGpg : hasSshKeygen);
  if (!isThere) {
    test.skip(`needs git and ${kind === 'gpg' ? 'gpg' : 'ssh-keygen'}`, () => undefined);
    return;
  }
  let key: MadeKey & Partial<AsyncDisposable>;
  beforeAll(async () => {
    key = await make();
  });
  afterAll(async () => {
    await key[Symbol.asyncDispose]?.();
  });
  const load = () =>
    signers.load({ privateKey: key.privateKey, ...(passphrase === undefined ? {} : { passphrase }) });
  const native = (args: readonly string[], input = '') =>
    runGit(folder.path, [...key.gitConfig, ...args], { input, env: key.env });

  test('signs commits that native git verifies', async () => {
    const signed = encodeCommit(await signCommit(commit, await load()));
    const id = (
      await git(folder.path, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: signed })
    ).trim();
    const verified = await native(['verify-commit', '--verbose', id]);
    expect({ code: verified.code, stderr: verified.stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/good.*signature/i),
    });
    expect((await load()).fingerprint).toBe(key.fingerprint);
    const forged = signed.toString().replace('Update image', 'Update omage');
    const other = (
      await git(folder.path, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: forged })
    ).trim();
    expect((await native(['verify-commit', other])).code).not.toBe(0);
  });

  test('signs tags that native git verifies', async () => {
    const bare = encodeCommit(commit);
    const target = (
      await git(folder.path, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: bare })
    ).trim();
    const tag = {
      object: parseObjectId(target),
      type: 'commit',
      name: 'v1',
      tagger: who,
      headers: [],
      message: 'One\n',
    } as const;
    const signed = encodeTag(await signTag(tag, await load()));
    const id = (
      await git(folder.path, ['hash-object', '-t', 'tag', '-w', '--stdin'], { input: signed })
    ).trim();
    expect(await native(['verify-tag', id])).toMatchObject({ code: 0 });
  });

  test('recognizes what native git signed with it, and nothing else', async () => {
    if (passphrase !== undefined) return;
    const made = await native(['commit-tree', '-S', emptyTreeId], 'By hand\n');
    const id = made.stdout.toString().trim();
    const read = decodeCommit((await runGit(folder.path, ['cat-file', 'commit', id])).stdout);
    const signer = await load();
    expect(await readSignature(read, signer)).toBe('ours');
    expect(await readSignature({ ...read, message: 'By nobody\n' }, signer)).toBe('foreign');
    const other = await signers.load({ privateKey: otherKey });
    expect(await readSignature(read, other)).toBe('foreign');
    expect(await readSignature(read, undefined)).toBe('foreign');
    expect(await readSignature(commit, signer)).toBe('none');
  });

  test('signs anew what was signed before', async () => {
    const signer = await load();
    const once = await signCommit(commit, signer);
    const twice = await signCommit(once, signer);
    expect(twice.headers.filter(({ name }) => name === 'gpgsig')).toHaveLength(1);
    expect(await readSignature(twice, signer)).toBe('ours');
  });
});

/** Made for this test and used nowhere else. */
const otherKey = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
`;

describe('without any program', () => {
  test('an SSH key signs alike every time, and recognizes itself', async () => {
    const signer = await signers.load({ privateKey: otherKey });
    const signed = await signCommit(commit, signer);
    expect(await signCommit(commit, signer)).toEqual(signed);
    expect(await readSignature(signed, signer)).toBe('ours');
  });

  test('an OpenPGP key signs alike every time, with its passphrase, and not before it exists', async () => {
    const { generateKey } = await import('openpgp');
    const passphrase = 'open sesame';
    const userIDs = [{ name: 'Gantry', email: 'gantry@example.com' }];
    const { privateKey } = await generateKey({ userIDs, passphrase, type: 'ecc', curve: 'ed25519Legacy' });
    const signer = await signers.load({ privateKey, passphrase });
    const signed = await signCommit(commit, signer);
    expect(await signCommit(commit, signer)).toEqual(signed);
    expect(await readSignature(signed, signer)).toBe('ours');
    await expect(new Signers().load({ privateKey })).rejects.toMatchObject({
      code: 'git.signing-key-unusable',
      message: expect.stringContaining('passphrase'),
    });
    await expect(new Signers().load({ privateKey, passphrase: 'wrong' })).rejects.toMatchObject({
      code: 'git.signing-key-unusable',
    });
  });

  test.each([
    { name: 'nothing', privateKey: '' },
    { name: 'a word', privateKey: 'hunter2' },
    { name: 'half an OpenPGP key', privateKey: '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nhunter2\n' },
    { name: 'half an SSH key', privateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n' },
    { name: 'a public key', privateKey: 'ssh-ed25519 AAAAhunter2' },
  ])('$name is no key, and is not told', async ({ privateKey }) => {
    const error = await signers.load({ privateKey }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'git.signing-key-unusable' });
    expect(String(error)).not.toContain('hunter2');
  });

  test.each([
    { name: 'no signature', text: 'hunter2' },
    { name: 'half of one', text: '-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----' },
    { name: 'another kind', text: '-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----' },
  ])('$name verifies as not ours', async ({ text }) => {
    const signer = await signers.load({ privateKey: otherKey });
    const headers = [{ name: 'gpgsig', value: text }];
    expect(await readSignature({ ...commit, headers }, signer)).toBe('foreign');
  });
});
