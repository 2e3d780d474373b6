import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { SigningKey } from '../../ports/index.ts';
import { gitErrors } from '../errors.ts';
import { decodeSshSignature, encodeSshSignature, signedBytes, sshMpint, sshString } from './ssh-signature.ts';
import type { Signer } from './types.ts';

/** How one kind of key signs. */
interface Algorithm {
  /** The public key as SSH writes it. */
  readonly publicKey: Buffer;
  sign(data: Uint8Array): Buffer;
}

/** Signs with an SSH key (ed25519, rsa, ecdsa), as `ssh-keygen -Y sign` does. Errors: git.signing-key-unusable. */
export async function createSshSigner(key: SigningKey): Promise<Signer> {
  const privateKey = await readKey(key);
  const algorithm = algorithmOf(privateKey);
  const { publicKey } = algorithm;
  const digest = createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '');
  return {
    kind: 'ssh',
    fingerprint: `SHA256:${digest}`,
    sign: async (payload) =>
      encodeSshSignature({ publicKey, signature: algorithm.sign(signedBytes(payload, 'sha512')) }),
    async verify(payload, armored) {
      const found = decodeSshSignature(armored);
      if (found === undefined || !found.publicKey.equals(publicKey)) return false;
      return isSignedBy(createPublicKey(privateKey), signedBytes(payload, found.hash), found);
    },
  };
}

async function readKey({ privateKey, passphrase }: SigningKey): Promise<KeyObject> {
  const secret = passphrase === undefined ? {} : { passphrase };
  try {
    if (!privateKey.includes('-----BEGIN OPENSSH ')) {
      return createPrivateKey({ key: privateKey, format: 'pem', ...secret });
    }
    const { default: ssh2 } = await import('ssh2');
    const parsed = ssh2.utils.parseKey(`${privateKey.trim()}\n`, passphrase);
    if (parsed instanceof Error) throw parsed;
    return createPrivateKey(parsed.getPrivatePEM());
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'for an unknown reason';
    throw unusable(`the key is neither an OpenPGP nor an SSH key that can be read: ${reason}`, error);
  }
}

const curves: Readonly<Record<string, { readonly name: string; readonly hash: string }>> = {
  'P-256': { name: 'nistp256', hash: 'sha256' },
  'P-384': { name: 'nistp384', hash: 'sha384' },
  'P-521': { name: 'nistp521', hash: 'sha512' },
};

function algorithmOf(key: KeyObject): Algorithm {
  const jwk: JsonWebKey = createPublicKey(key).export({ format: 'jwk' });
  if (key.asymmetricKeyType === 'ed25519') {
    const publicKey = join(sshString('ssh-ed25519'), sshString(bytes(jwk.x)));
    return { publicKey, sign: (data) => join(sshString('ssh-ed25519'), sshString(sign(null, data, key))) };
  }
  if (key.asymmetricKeyType === 'rsa') {
    const publicKey = join(sshString('ssh-rsa'), sshMpint(bytes(jwk.e)), sshMpint(bytes(jwk.n)));
    return {
      publicKey,
      sign: (data) => join(sshString('rsa-sha2-512'), sshString(sign('sha512', data, key))),
    };
  }
  const curve = curves[jwk.crv ?? ''];
  if (key.asymmetricKeyType !== 'ec' || curve === undefined) {
    throw unusable(`SSH keys of the type ${key.asymmetricKeyType ?? 'unknown'} cannot sign`, undefined);
  }
  const name = `ecdsa-sha2-${curve.name}`;
  const point = join(Buffer.of(4), bytes(jwk.x), bytes(jwk.y));
  return {
    publicKey: join(sshString(name), sshString(curve.name), sshString(point)),
    sign(data) {
      const pair = sign(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' });
      const half = pair.length / 2;
      return join(
        sshString(name),
        sshString(join(sshMpint(pair.subarray(0, half)), sshMpint(pair.subarray(half)))),
      );
    },
  };
}

const hashes: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };

function isSignedBy(
  key: KeyObject,
  data: Buffer,
  found: { readonly algorithm: string; readonly value: Buffer },
): boolean {
  const { algorithm, value } = found;
  if (key.asymmetricKeyType === 'ed25519')
    return algorithm === 'ssh-ed25519' && verify(null, data, key, value);
  if (key.asymmetricKeyType === 'rsa') {
    const hash = hashes[algorithm];
    return hash !== undefined && verify(hash, data, key, value);
  }
  const curve = curves[key.export({ format: 'jwk' }).crv ?? ''];
  const pair = curve === undefined ? undefined : toFixedPair(value, curve.name);
  if (curve === undefined || pair === undefined || algorithm !== `ecdsa-sha2-${curve.name}`) return false;
  return verify(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' }, pair);
}

/** Two numbers of SSH as two halves of equal length. */
function toFixedPair(value: Buffer, curve: string): Buffer | undefined {
  const size = Math.ceil(Number(curve.slice('nistp'.length)) / 8);
  const halves: Buffer[] = [];
  for (let at = 0; at + 4 <= value.length && halves.length < 2; ) {
    const length = value.readUInt32BE(at);
    const number = value.subarray(at + 4, at + 4 + length);
    const digits = number.subarray(number.findIndex((byte) => byte !== 0));
    if (digits.length > size) return undefined;
    halves.push(join(Buffer.alloc(size - digits.length), digits));
    at += 4 + length;
  }
  return halves.length === 2 ? Buffer.concat(halves) : undefined;
}

function bytes(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? '', 'base64url');
}

function join(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts);
}

function unusable(message: string, cause: unknown): Error {
  return gitErrors.create('git.signing-key-unusable', message, cause === undefined ? {} : { cause });
}
