import { createPrivateKey } from 'node:crypto';
import { describeError } from '../../base/index.ts';
import { gitErrors } from '../errors.ts';

/** Reads private keys; ssh2's `parseKey` as far as it is used. */
export type ParseKey = (
  text: string,
) => { readonly type: string; isPrivateKey(): boolean } | Error | object[];

/** Kinds of keys that can log in. */
const usable = /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))$/;

/**
 * A private key in a form that the SSH library reads: of ed25519, RSA or ECDSA, in OpenSSH's, PEM's, PKCS#8's or PuTTY's
 * form, whatever its line ends.
 *
 * Errors: git.ssh-key-unusable; `identity` names where the key comes from, nothing of it is ever in a message.
 */
export function preparePrivateKey(text: string, identity: string, parseKey: ParseKey): string {
  const key = `${text.replaceAll(/\r\n?/g, '\n').trim()}\n`;
  if (isEncrypted(key)) {
    throw unusable(
      identity,
      'is protected by a passphrase',
      'Store a key without a passphrase in the Secret.',
    );
  }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----|^PuTTY-User-Key-File-/.test(key)) {
    throw unusable(
      identity,
      'is no private key',
      'Store the private key itself, beginning with "-----BEGIN".',
    );
  }
  const readable = key.includes('-----BEGIN PRIVATE KEY-----') ? fromPkcs8(key, identity) : key;
  const parsed = parseKey(readable);
  if (parsed instanceof Error || !('isPrivateKey' in parsed)) {
    const hint = 'Make one with: ssh-keygen -t ed25519 -N "" -f key';
    throw unusable(identity, `cannot be read (${reasonOf(parsed)})`, hint);
  }
  if (!usable.test(parsed.type)) {
    throw unusable(identity, `is of the kind ${parsed.type}`, 'Use a key of ed25519, RSA or ECDSA.');
  }
  return readable;
}

/** The library's reason, which names forms and never content. */
function reasonOf(parsed: object): string {
  return parsed instanceof Error ? describeError(parsed).slice(0, 100) : 'not one key';
}

function isEncrypted(key: string): boolean {
  if (key.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----') || /^Proc-Type:.*ENCRYPTED/m.test(key))
    return true;
  const putty = /^Encryption: *(?<cipher>\S+)/m.exec(key)?.groups?.['cipher'];
  if (putty !== undefined) return putty !== 'none';
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----(?<body>[^-]*)-----END/.exec(key)?.groups?.['body'];
  if (body === undefined) return false;
  // "openssh-key-v1", a zero byte, then the length and name of the cipher.
  const bytes = Buffer.from(body.replaceAll(/\s+/g, ''), 'base64');
  const length = bytes.length < 19 ? 0 : bytes.readUInt32BE(15);
  const cipher = bytes.toString('latin1', 19, 19 + Math.min(length, 64));
  return length > 0 && cipher !== 'none';
}

function fromPkcs8(key: string, identity: string): string {
  try {
    const parsed = createPrivateKey(key);
    if (parsed.asymmetricKeyType === 'rsa') return parsed.export({ type: 'pkcs1', format: 'pem' }).toString();
    if (parsed.asymmetricKeyType === 'ec') return parsed.export({ type: 'sec1', format: 'pem' }).toString();
  } catch {
    throw unusable(identity, 'cannot be read', 'Check that the whole file is in the Secret.');
  }
  throw unusable(
    identity,
    'is a PKCS#8 key that is neither RSA nor ECDSA',
    "Convert it to OpenSSH's own form: ssh-keygen -p -N '' -f key",
  );
}

function unusable(identity: string, why: string, hint: string): Error {
  return gitErrors.create('git.ssh-key-unusable', `the sshPrivateKey of ${identity} ${why}`, { hint });
}
