import { generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { preparePrivateKey } from './private-key.ts';

const { utils } = ssh2;
const prepare = (text: string): string => preparePrivateKey(text, 'secret demo/git', utils.parseKey);

const openSsh = {
  ed25519: utils.generateKeyPairSync('ed25519').private,
  rsa: utils.generateKeyPairSync('rsa', { bits: 2048 }).private,
  ecdsa: utils.generateKeyPairSync('ecdsa', { bits: 256 }).private,
};
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
const edwards = generateKeyPairSync('ed25519').privateKey;
const locked = { cipher: 'aes-256-cbc', passphrase: 'x' };
const pem = (key: typeof rsa, type: 'pkcs1' | 'sec1' | 'pkcs8', lock: object = {}): string =>
  key.export({ type, format: 'pem', ...lock }).toString();

const good = [
  { name: 'ed25519 in OpenSSH form', key: openSsh.ed25519, type: 'ssh-ed25519' },
  { name: 'RSA in OpenSSH form', key: openSsh.rsa, type: 'ssh-rsa' },
  { name: 'ECDSA in OpenSSH form', key: openSsh.ecdsa, type: 'ecdsa-sha2-nistp256' },
  { name: 'RSA in PEM', key: pem(rsa, 'pkcs1'), type: 'ssh-rsa' },
  { name: 'ECDSA in PEM', key: pem(ec, 'sec1'), type: 'ecdsa-sha2-nistp384' },
  { name: 'RSA in PKCS#8', key: pem(rsa, 'pkcs8'), type: 'ssh-rsa' },
  { name: 'ECDSA in PKCS#8', key: pem(ec, 'pkcs8'), type: 'ecdsa-sha2-nistp384' },
  { name: 'a key pasted in Windows', key: openSsh.ed25519.replaceAll('\n', '\r\n'), type: 'ssh-ed25519' },
  { name: 'a key without its last newline', key: `\n ${openSsh.ed25519.trim()}`, type: 'ssh-ed25519' },
];
test.each(good)('$name is read', ({ key, type }) => {
  expect(utils.parseKey(prepare(key))).toMatchObject({ type });
});

const bad = [
  {
    name: 'an encrypted OpenSSH key',
    key: utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 }).private,
    says: /passphrase/,
  },
  { name: 'an encrypted PEM key', key: pem(rsa, 'pkcs1', locked), says: /passphrase/ },
  { name: 'an encrypted PKCS#8 key', key: pem(rsa, 'pkcs8', locked), says: /passphrase/ },
  {
    name: 'an encrypted PuTTY key',
    key: 'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\nComment: x\n',
    says: /passphrase/,
  },
  { name: 'a public key', key: utils.generateKeyPairSync('ed25519').public, says: /no private key/ },
  { name: 'a password', key: 'hunter2', says: /no private key/ },
  { name: 'a key that is cut off', key: openSsh.rsa.slice(0, 400), says: /cannot be read/ },
  { name: 'ed25519 in PKCS#8', key: pem(edwards, 'pkcs8'), says: /PKCS#8/ },
  {
    name: 'nonsense in PKCS#8',
    key: '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----',
    says: /cannot be read/,
  },
];
test.each(bad)('$name is refused, and never repeated', ({ key, says }) => {
  expect(() => prepare(key)).toThrow(
    expect.objectContaining({ code: 'git.ssh-key-unusable', message: expect.stringMatching(says) }),
  );
  expect(() => prepare(key)).not.toThrow(/hunter2/);
});
