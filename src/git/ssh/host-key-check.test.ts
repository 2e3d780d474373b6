import { expect, test } from 'vitest';
import { createMemoryHostKeys } from '../../../test/support/memory-host-keys.ts';
import { type Expectation, HostKeyCheck, type HostKeyPolicy } from './host-key-check.ts';
import { fingerprint, readHostKey } from './known-hosts.ts';

const { signal } = new AbortController();

/** The bytes of a key of a type; the number tells keys apart. */
function blob(number: number, type = 'ssh-ed25519'): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(type.length);
  return Buffer.concat([head, Buffer.from(type), Buffer.alloc(36, number)]);
}

function text(number: number, type = 'ssh-ed25519'): string {
  return `${type} ${blob(number, type).toString('base64')}`;
}

/** The host shows its first key and proves that it holds it. */
async function meet(check: HostKeyCheck, expectation: Expectation): Promise<void> {
  if (check.judge(expectation, blob(1)) === 'first met') await check.record(expectation, blob(1), signal);
}

const host = 'git.example';
const cases: {
  name: string;
  policy?: Partial<HostKeyPolicy>;
  ofCredential?: string;
  recorded?: string;
  want: 'accepted' | 'recorded' | 'git.host-key-changed' | 'git.host-key-unknown';
  because: string;
}[] = [
  { name: 'a host met for the first time', want: 'recorded', because: 'the first key is trusted' },
  { name: 'the recorded key', recorded: text(1), want: 'accepted', because: 'it is the same host' },
  {
    name: 'another key than the recorded one',
    recorded: text(2),
    want: 'git.host-key-changed',
    because: 'somebody may be in between',
  },
  {
    name: 'a key of another kind than the recorded one',
    recorded: text(1, 'ssh-rsa'),
    want: 'git.host-key-changed',
    because: 'a host keeps its keys; a new kind proves nothing',
  },
  {
    name: 'a host that nothing is known of, where trust is not given',
    policy: { trustOnFirstUse: false },
    want: 'git.host-key-unknown',
    because: 'the operator wants to name every host',
  },
  {
    name: 'a recorded key, where trust is not given any more',
    policy: { trustOnFirstUse: false },
    recorded: text(1),
    want: 'accepted',
    because: 'what was recorded stays, until a person removes it',
  },
  {
    name: "the key in the operator's file",
    policy: { knownHosts: `${host} ${text(1)}` },
    recorded: text(2),
    want: 'accepted',
    because: 'the file is above what was recorded',
  },
  {
    name: "another key than the operator's file has",
    policy: { knownHosts: `${host} ${text(2)}` },
    recorded: text(1),
    want: 'git.host-key-changed',
    because: 'the file is final for its hosts',
  },
  {
    name: 'a revoked key',
    policy: { knownHosts: `@revoked * ${text(1)}` },
    recorded: text(1),
    want: 'git.host-key-changed',
    because: 'revoked is above everything',
  },
  {
    name: "the key in the credential's known hosts",
    policy: { knownHosts: `${host} ${text(2)}` },
    ofCredential: `${host} ${text(1)}`,
    want: 'accepted',
    because: 'whoever gives the key says where it may be used',
  },
  {
    name: "a host that the credential's known hosts do not name",
    ofCredential: `other.example ${text(1)}`,
    recorded: text(1),
    want: 'git.host-key-unknown',
    because: 'the credential is for its hosts alone',
  },
];
test.each(cases)('$name is $want', async ({ policy, ofCredential, recorded, want, because }) => {
  const hostKeys = createMemoryHostKeys();
  if (recorded !== undefined) hostKeys.keys.set(host, [recorded]);
  const check = new HostKeyCheck(hostKeys, { trustOnFirstUse: true, ...policy });
  const outcome = await check
    .expect(host, ofCredential, signal)
    .then((expectation) => meet(check, expectation))
    .then(
      () => (recorded === undefined && hostKeys.keys.has(host) ? 'recorded' : 'accepted'),
      (error: { code: string }) => error.code,
    );
  expect(outcome, because).toBe(want);
});

test('a changed key is told with the host and both fingerprints', async () => {
  const hostKeys = createMemoryHostKeys();
  hostKeys.keys.set(host, [text(2)]);
  const check = new HostKeyCheck(hostKeys, { trustOnFirstUse: true });
  const expectation = await check.expect(host, undefined, signal);
  const prints = [1, 2].map((number) => fingerprint(readHostKey(blob(number)) ?? { type: '', base64: '' }));
  await expect(meet(check, expectation)).rejects.toMatchObject({
    code: 'git.host-key-changed',
    disposition: 'stop',
    data: { host, shown: prints[0], expected: [prints[1]] },
    message: expect.stringContaining(`${prints[1]}`),
  });
});

test('a host that another process has met under another key at the same time is refused', async () => {
  const hostKeys = createMemoryHostKeys();
  const check = new HostKeyCheck(hostKeys, { trustOnFirstUse: true });
  const expectation = await check.expect(host, undefined, signal);
  hostKeys.keys.set(host, [text(2)]);
  const late = meet(check, expectation);
  await expect(late).rejects.toMatchObject({ code: 'git.host-key-changed' });
});

test('without a place to record, unknown hosts are refused', async () => {
  const check = new HostKeyCheck(undefined, { trustOnFirstUse: true });
  const expectation = await check.expect(host, undefined, signal);
  await expect(meet(check, expectation)).rejects.toMatchObject({
    code: 'git.host-key-unknown',
  });
});
