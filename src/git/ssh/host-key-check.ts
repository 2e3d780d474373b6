import type { HostKeys } from '../../ports/index.ts';
import { gitErrors } from '../errors.ts';
import {
  findKeys,
  fingerprint,
  type HostKey,
  isSameKey,
  type KnownHost,
  parseKnownHosts,
  readHostKey,
} from './known-hosts.ts';

/** How hosts are told from impostors. */
export interface HostKeyPolicy {
  /** The operator's known_hosts file; what it says of a host is final. */
  readonly knownHosts?: string;
  /** Accept and record the key of a host that nothing is known of. */
  readonly trustOnFirstUse: boolean;
}

/** What is known of a host before it is met. */
export interface Expectation {
  /** As known_hosts files name it. */
  readonly host: string;
  readonly trusted: readonly HostKey[];
  readonly revoked: readonly HostKey[];
  /** Where the trusted keys stand, for messages; `undefined` when there are none. */
  readonly source: string | undefined;
  /** May a key be recorded? */
  readonly mayRecord: boolean;
}

/** Decides whether a host is the one that it is taken for. */
export class HostKeyCheck {
  readonly #hostKeys: HostKeys | undefined;
  readonly #operator: readonly KnownHost[];
  readonly #trustOnFirstUse: boolean;

  constructor(hostKeys: HostKeys | undefined, policy: HostKeyPolicy) {
    this.#hostKeys = hostKeys;
    this.#operator = parseKnownHosts(policy.knownHosts ?? '');
    this.#trustOnFirstUse = policy.trustOnFirstUse;
  }

  /**
   * What is known of a host: by the credential's own known hosts when it has some, else by the operator's file, else by
   * what was recorded when it was first met.
   */
  async expect(host: string, ofCredential: string | undefined, signal: AbortSignal): Promise<Expectation> {
    const byOperator = findKeys(this.#operator, host);
    if (ofCredential !== undefined) {
      const own = findKeys(parseKnownHosts(ofCredential), host);
      const revoked = [...own.revoked, ...byOperator.revoked];
      const source = 'the known hosts of the credential';
      return { host, trusted: own.trusted, revoked, source, mayRecord: false };
    }
    if (byOperator.trusted.length > 0) {
      return { host, ...byOperator, source: "the operator's known hosts", mayRecord: false };
    }
    const recorded = ((await this.#hostKeys?.find(host, signal)) ?? []).map(toHostKey);
    return {
      host,
      trusted: recorded,
      revoked: byOperator.revoked,
      source: recorded.length > 0 ? 'what was recorded when the host was first met' : undefined,
      mayRecord: this.#trustOnFirstUse && this.#hostKeys !== undefined,
    };
  }

  /**
   * Accepts the key that a host shows, or throws. The key of a host that is first met counts only when the host has proven
   * that it holds it and it is recorded.
   *
   * Errors: git.host-key-changed, git.host-key-unknown, git.protocol.
   */
  judge({ host, trusted, revoked, source, mayRecord }: Expectation, blob: Buffer): 'known' | 'first met' {
    const shown = readShown(host, blob);
    if (revoked.some((key) => isSameKey(key, shown))) throw changed(host, [], shown, 'is revoked');
    if (trusted.some((key) => isSameKey(key, shown))) return 'known';
    if (trusted.length > 0) throw changed(host, trusted, shown, `differs from ${source ?? ''}`);
    if (!mayRecord) throw unknown(host, shown, source);
    return 'first met';
  }

  /** Records the proven key of a host that is first met. Errors: git.host-key-changed, and those of recording. */
  async record({ host }: Expectation, blob: Buffer, signal: AbortSignal): Promise<void> {
    const shown = readShown(host, blob);
    const recorded = (await this.#hostKeys?.record(host, `${shown.type} ${shown.base64}`, signal)) ?? [];
    const keys = recorded.map(toHostKey);
    // Another process may have met another key at the same time.
    if (!keys.some((key) => isSameKey(key, shown))) {
      throw changed(host, keys, shown, 'differs from what another process has just recorded');
    }
  }
}

function readShown(host: string, blob: Buffer): HostKey {
  const shown = readHostKey(blob);
  if (shown !== undefined) return shown;
  throw gitErrors.create('git.protocol', `${host} shows a host key of no known form`);
}

function toHostKey(text: string): HostKey {
  const [type = '', base64 = ''] = text.split(' ');
  return { type, base64 };
}

function describe(key: HostKey): string {
  return `${fingerprint(key)} (${key.type})`;
}

function changed(host: string, known: readonly HostKey[], shown: HostKey, how: string): Error {
  const expected = known.length === 0 ? '' : `; expected ${known.map(describe).join(' or ')}`;
  return gitErrors.create(
    'git.host-key-changed',
    `the SSH host key of ${host} ${how}: it shows ${describe(shown)}${expected}`,
    { data: { host, shown: fingerprint(shown), expected: known.map(fingerprint) } },
  );
}

function unknown(host: string, shown: HostKey, source: string | undefined): Error {
  const where = source === undefined ? 'no known hosts name it' : `${source} do not name it`;
  return gitErrors.create(
    'git.host-key-unknown',
    `the SSH host ${host} shows ${describe(shown)}, and ${where}`,
    {
      data: { host, shown: fingerprint(shown) },
    },
  );
}
