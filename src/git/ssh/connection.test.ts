import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type Connection as ServerConnection } from 'ssh2';
import { expect, test } from 'vitest';
import { createMemoryHostKeys } from '../../../test/support/memory-host-keys.ts';
import { connect, type SshConnection } from './connection.ts';
import { HostKeyCheck } from './host-key-check.ts';

const host = '[127.0.0.1]:22';
const timeoutMs = 30_000;
const client = ssh2.utils.generateKeyPairSync('ed25519');

/** A new key: the whole of it, and its public part as known_hosts files have it. */
function newHostKey(): { readonly text: string; readonly known: string; readonly publicBytes: Buffer } {
  const text = ssh2.utils.generateKeyPairSync('ed25519').private;
  const parsed = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) throw parsed;
  const blob = parsed.getPublicSSH();
  return { text, known: `${parsed.type} ${blob.toString('base64')}`, publicBytes: blob.subarray(-32) };
}

/** A key file whose public part is that of somebody else. */
function newImpostorKey(): string {
  const own = newHostKey();
  const other = newHostKey().publicBytes.toString('latin1');
  return own.text.replace(/(?<=KEY-----\n)[^-]+/, (body) => {
    const bytes = Buffer.from(body, 'base64').toString('latin1');
    const changed = bytes.replaceAll(own.publicBytes.toString('latin1'), () => other);
    return `${Buffer.from(changed, 'latin1').toString('base64')}\n`;
  });
}

interface Host extends AsyncDisposable {
  readonly connections: readonly ServerConnection[];
  connect(check: HostKeyCheck): Promise<SshConnection>;
}

/** A server that lets everybody in and runs whatever it is told, to no effect. */
async function createHost(hostKey: string): Promise<Host> {
  const connections: ServerConnection[] = [];
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    connections.push(connection);
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => context.accept());
    connection.on('session', (accept) => accept().on('exec', (open) => open().exit(0)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    connections,
    async connect(check) {
      const expectation = await check.expect(host, undefined, AbortSignal.timeout(timeoutMs));
      const login = {
        hostname: '127.0.0.1',
        port,
        user: 'git',
        privateKey: client.private,
        identity: 'test',
        mappedTo: undefined,
      };
      return connect(ssh2, login, { check, expectation }, timeoutMs);
    },
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

test('a key that a host shows and does not hold is never recorded', async () => {
  await using impostor = await createHost(newImpostorKey());
  const hostKeys = createMemoryHostKeys();
  const meeting = impostor.connect(new HostKeyCheck(hostKeys, { trustOnFirstUse: true }));
  await expect(meeting).rejects.toThrow('signature verification failed');
  expect(hostKeys.keys.size).toBe(0);
});

test('a host that is first met is recorded once, and may agree on new session keys later', async () => {
  const key = newHostKey();
  await using server = await createHost(key.text);
  const hostKeys = createMemoryHostKeys();
  const connection = await server.connect(new HostKeyCheck(hostKeys, { trustOnFirstUse: true }));
  expect(hostKeys.keys.get(host)).toEqual([key.known]);
  hostKeys.keys.clear();
  await new Promise<void>((resolve) => server.connections[0]?.rekey(() => resolve()));
  await connection.exec('anything', {});
  expect(hostKeys.keys.size, 'it is known already').toBe(0);
  connection.close();
});

test('a first key that cannot be recorded does not count', async () => {
  await using server = await createHost(newHostKey().text);
  const failure = new Error('nowhere to write');
  const hostKeys = { find: async () => [], record: () => Promise.reject(failure) };
  const meeting = server.connect(new HostKeyCheck(hostKeys, { trustOnFirstUse: true }));
  await expect(meeting).rejects.toBe(failure);
});
