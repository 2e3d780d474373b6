import type { PrivateKey } from 'openpgp';
import type { SigningKey } from '../../ports/index.ts';
import { gitErrors } from '../errors.ts';
import type { Signer } from './types.ts';

type OpenPgp = typeof import('openpgp');

/** Without a random notation, so that a replay signs alike wherever the kind of key allows it. */
const config = { nonDeterministicSignaturesViaNotation: false, showComment: false, showVersion: false };

/** Signatures are not compared with a clock: whether the key was valid is asked for the moment they were made. */
const everLater = new Date(8_640_000_000_000_000);

/** Signs with an armored OpenPGP key, as `gpg` does. Errors: git.signing-key-unusable. */
export async function createOpenPgpSigner(key: SigningKey): Promise<Signer> {
  const openpgp = await import('openpgp');
  const signingKey = await readKey(openpgp, key);
  const notBeforeMs = await signingSince(signingKey);
  return {
    kind: 'openpgp',
    fingerprint: signingKey.getFingerprint().toUpperCase(),
    async sign(payload, timeSec) {
      // A key that is younger than the promotion cannot sign earlier than it exists.
      const date = new Date(Math.max(timeSec * 1000, notBeforeMs));
      const message = await openpgp.createMessage({ binary: payload });
      try {
        const options = { message, signingKeys: signingKey, detached: true, date, config } as const;
        return `${(await openpgp.sign(options)).replaceAll('\r\n', '\n').trimEnd()}\n`;
      } catch (error) {
        throw unusable('the OpenPGP key cannot sign', error);
      }
    },
    async verify(payload, armored) {
      try {
        const signature = await openpgp.readSignature({ armoredSignature: armored });
        const message = await openpgp.createMessage({ binary: payload });
        const verificationKeys = signingKey.toPublic();
        const { signatures } = await openpgp.verify({
          message,
          signature,
          verificationKeys,
          date: everLater,
        });
        return (await Promise.all(signatures.map(({ verified }) => verified))).some(Boolean);
      } catch {
        return false;
      }
    },
  };
}

async function readKey(openpgp: OpenPgp, { privateKey, passphrase }: SigningKey): Promise<PrivateKey> {
  let key: PrivateKey;
  try {
    key = await openpgp.readPrivateKey({ armoredKey: privateKey });
    if (!key.isDecrypted()) {
      if (passphrase === undefined) throw new Error('it is protected by a passphrase and none is given');
      key = await openpgp.decryptKey({ privateKey: key, passphrase });
    }
  } catch (error) {
    throw unusable('the OpenPGP key cannot be read', error);
  }
  return key;
}

/** Since when the key can sign, in milliseconds since the epoch. */
async function signingSince(key: PrivateKey): Promise<number> {
  try {
    const signing = await key.getSigningKey();
    return Math.max(signing.getCreationTime().getTime(), key.getCreationTime().getTime());
  } catch (error) {
    throw unusable('the OpenPGP key has no part that may sign now', error);
  }
}

function unusable(what: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message.slice(0, 200) : 'for an unknown reason';
  return gitErrors.create('git.signing-key-unusable', `${what}: ${reason}`, { cause });
}
