import { describe, expect, test } from 'vitest';
import { secrets } from '../../src/api/core/index.ts';
import type { HostKeys } from '../../src/ports/index.ts';
import { createSecretHostKeys } from '../../src/secrets/index.ts';
import { createFakeCluster } from '../support/fake-cluster.ts';
import { createMemoryHostKeys } from '../support/memory-host-keys.ts';

const { signal } = new AbortController();
const one = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA';
const other = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABBBBB';

/** A place that two processes share. */
function describeHostKeys(name: string, share: () => readonly [HostKeys, HostKeys]): void {
  describe(`HostKeys in ${name}`, () => {
    test('nothing is known of a host that was never met', async () => {
      const [keys] = share();
      expect(await keys.find('git.example', signal)).toEqual([]);
    });

    test('what one process records, another one finds, for that host alone', async () => {
      const [first, second] = share();
      expect(await first.record('git.example', one, signal)).toEqual([one]);
      expect(await first.record('[git.example]:2222', other, signal)).toEqual([other]);
      expect(await second.find('git.example', signal)).toEqual([one]);
      expect(await second.find('[git.example]:2222', signal)).toEqual([other]);
      expect(await second.find('git.example.com', signal)).toEqual([]);
    });

    test('the first key stays, and whoever comes later is told it', async () => {
      const [first, second] = share();
      await first.record('git.example', one, signal);
      expect(await second.record('git.example', other, signal)).toEqual([one]);
      expect(await first.find('git.example', signal)).toEqual([one]);
    });

    test('of many that record at once, one wins and no host is lost', async () => {
      const processes = share();
      const hosts = ['a', 'b', 'c', 'a', 'b', 'c'];
      const answers = await Promise.all(
        hosts.map((host, index) =>
          processes[index % 2 === 0 ? 0 : 1].record(host, index < 3 ? one : other, signal),
        ),
      );
      for (const index of [0, 1, 2]) expect(answers[index]).toEqual(answers[index + 3]);
      for (const host of ['a', 'b', 'c']) expect(await processes[0].find(host, signal)).toHaveLength(1);
    });
  });
}

describeHostKeys('memory', () => {
  const keys = createMemoryHostKeys();
  return [keys, keys];
});

describeHostKeys('a Secret', () => {
  const { reader, writer, someone } = createFakeCluster();
  const place = { namespace: 'kargo' };
  return [
    createSecretHostKeys({ reader, writer }, place),
    createSecretHostKeys({ reader, writer: someone }, place),
  ];
});

test('the Secret is a known_hosts file that people may write too', async () => {
  const cluster = createFakeCluster();
  const text = `# ours\n\ngit.example,10.0.0.1 ${one} a comment\nbroken line\n`;
  const key = { namespace: 'kargo', name: 'gantry-ssh-known-hosts' };
  cluster.put(secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: key,
    data: { known_hosts: Buffer.from(text).toString('base64') },
  });
  const keys = createSecretHostKeys(cluster, { namespace: 'kargo' });
  expect(await keys.find('10.0.0.1', signal)).toEqual([one]);
  await keys.record('new.example', other, signal);
  const data = cluster.stored(secrets, key)?.data?.['known_hosts'] ?? '';
  expect(Buffer.from(data, 'base64').toString()).toBe(`${text}new.example ${other}\n`);
});
