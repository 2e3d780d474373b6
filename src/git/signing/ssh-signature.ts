import { createHash } from 'node:crypto';

/** What a signature is for; git signs and verifies with this word only. */
const namespace = 'git';
const magic = Buffer.from('SSHSIG');
const head = '-----BEGIN SSH SIGNATURE-----';
const tail = '-----END SSH SIGNATURE-----';
const lineLength = 70;
const version = 1;

/** A signature as found. */
export interface SshSignature {
  readonly publicKey: Buffer;
  readonly hash: 'sha256' | 'sha512';
  readonly algorithm: string;
  readonly value: Buffer;
}

/** The armored text of a signature; `signature` is the algorithm and its value, as SSH writes them. */
export function encodeSshSignature(parts: {
  readonly publicKey: Buffer;
  readonly signature: Buffer;
}): string {
  const blob = Buffer.concat([
    magic,
    uint32(version),
    sshString(parts.publicKey),
    sshString(namespace),
    sshString(''),
    sshString('sha512'),
    sshString(parts.signature),
  ]);
  const lines = blob.toString('base64').match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return `${[head, ...lines, tail].join('\n')}\n`;
}

/** Reads an armored signature of git's namespace; `undefined` for anything else. Total. */
export function decodeSshSignature(armored: string): SshSignature | undefined {
  const text = armored.trim();
  if (!text.startsWith(head) || !text.endsWith(tail)) return undefined;
  const blob = Buffer.from(text.slice(head.length, -tail.length), 'base64');
  const start = magic.length + 4;
  if (!blob.subarray(0, magic.length).equals(magic) || blob.length < start) return undefined;
  if (blob.readUInt32BE(magic.length) !== version) return undefined;
  const fields = readStrings(blob.subarray(start));
  const [publicKey, found, , hashName, signature] = fields;
  const hash = hashName?.toString();
  if (publicKey === undefined || signature === undefined || found?.toString() !== namespace) return undefined;
  if (hash !== 'sha256' && hash !== 'sha512') return undefined;
  const [algorithm, value] = readStrings(signature);
  if (algorithm === undefined || value === undefined) return undefined;
  return { publicKey, hash, algorithm: algorithm.toString(), value };
}

/** What is signed in place of a message. */
export function signedBytes(message: Uint8Array, hash: SshSignature['hash']): Buffer {
  const digest = createHash(hash).update(message).digest();
  return Buffer.concat([magic, sshString(namespace), sshString(''), sshString(hash), sshString(digest)]);
}

/** A string as SSH writes it: its length, then its bytes. */
export function sshString(value: string | Uint8Array): Buffer {
  const data = Buffer.from(value);
  return Buffer.concat([uint32(data.length), data]);
}

/** A positive number as SSH writes it: without leading zeros, but for one where the number would look negative. */
export function sshMpint(value: Uint8Array): Buffer {
  const first = value.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.alloc(0) : Buffer.from(value.subarray(first));
  const isNegative = (digits[0] ?? 0) >= 0x80;
  return sshString(isNegative ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

function uint32(value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeUInt32BE(value);
  return data;
}

/** Strings one after the other, as far as they are whole. */
function readStrings(data: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= data.length; ) {
    const end = at + 4 + data.readUInt32BE(at);
    if (end > data.length) return found;
    found.push(data.subarray(at + 4, end));
    at = end;
  }
  return found;
}
