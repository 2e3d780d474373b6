import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A public key as known_hosts files have it. */
export interface HostKey {
  /** For example "ssh-ed25519". */
  readonly type: string;
  readonly base64: string;
}

/** One line of a known_hosts file. */
export interface KnownHost extends HostKey {
  /** Host patterns separated by commas, or one hashed name. */
  readonly hosts: string;
  /** Is this a key that must never be accepted? */
  readonly isRevoked: boolean;
}

/** What is known of one host. */
export interface KnownKeys {
  readonly trusted: readonly HostKey[];
  readonly revoked: readonly HostKey[];
}

/**
 * Reads a known_hosts file; lines that cannot be read are passed over, as OpenSSH does. Total.
 *
 * Limits: certificate authorities (@cert-authority) vouch for nothing here.
 */
export function parseKnownHosts(text: string): readonly KnownHost[] {
  const found: KnownHost[] = [];
  for (const line of text.split(/\r?\n/)) {
    const words = line.trim().split(/[ \t]+/);
    const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
    const [hosts = '', type = '', base64 = ''] = words;
    if (hosts === '' || hosts.startsWith('#') || (marker !== undefined && marker !== '@revoked')) continue;
    if (!/^[\w@.-]+$/.test(type) || !/^[A-Za-z0-9+/]{16,}=*$/.test(base64)) continue;
    found.push({ hosts, type, base64, isRevoked: marker === '@revoked' });
  }
  return found;
}

/** The keys that lines name for a host. */
export function findKeys(lines: readonly KnownHost[], host: string): KnownKeys {
  const own = lines.filter(({ hosts }) => matches(hosts, host));
  const keys = (isRevoked: boolean): HostKey[] =>
    own.filter((line) => line.isRevoked === isRevoked).map(({ type, base64 }) => ({ type, base64 }));
  return { trusted: keys(false), revoked: keys(true) };
}

/** A host as known_hosts files name it: with brackets and port when the port is not 22. */
export function nameHost(hostname: string, port: number): string {
  return port === 22 ? hostname.toLowerCase() : `[${hostname.toLowerCase()}]:${port}`;
}

/** The key that a server showed, which begins with its own type. `undefined` when it is none. */
export function readHostKey(blob: Buffer): HostKey | undefined {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length < 4 + length) return undefined;
  return { type: blob.toString('latin1', 4, 4 + length), base64: blob.toString('base64') };
}

/** The fingerprint of a key as `ssh-keygen -l` shows it. */
export function fingerprint({ base64 }: HostKey): string {
  const digest = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** Are these the same key? */
export function isSameKey(a: HostKey, b: HostKey): boolean {
  return a.base64.replace(/=+$/, '') === b.base64.replace(/=+$/, '');
}

function matches(hosts: string, host: string): boolean {
  if (hosts.startsWith('|1|')) return matchesHashed(hosts, host);
  let isListed = false;
  for (const item of hosts.toLowerCase().split(',')) {
    const isNegated = item.startsWith('!');
    if (!matchesPattern(isNegated ? item.slice(1) : item, host)) continue;
    if (isNegated) return false;
    isListed = true;
  }
  return isListed;
}

/** "|1|salt|hash", as HashKnownHosts writes names. */
function matchesHashed(hosts: string, host: string): boolean {
  const [, , salt = '', hash = ''] = hosts.split('|');
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** "*" stands for any text and "?" for one character; walks instead of compiling, so that no pattern can be slow. */
function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      resume = index;
    } else if (pattern[at] === '?' || pattern[at] === text[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
