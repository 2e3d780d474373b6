import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import type { KubeApiUnderTest } from './client.ts';
import { configMap, type World } from './world.ts';

const limitMs = 15_000;

/** Requests that are broken below HTTP, or in its framing. */
export function describeBrokenTransport(open: () => Promise<World>): void {
  const cases = [
    {
      name: 'a body that ends before its length',
      want: /^HTTP\/1\.1 (?:400|504) |^$/,
      send: (head: string) => [`${head}content-length: 500\r\n\r\n`, JSON.stringify(configMap('cut'))],
      because: 'half a body is no body',
    },
    {
      name: 'chunks of 10 MB without a length',
      want: /^HTTP\/1\.1 413 /,
      send: (head: string) => [
        `${head}transfer-encoding: chunked\r\n\r\n`,
        ...Array.from({ length: 160 }, () => `10000\r\n${'x'.repeat(0x10000)}\r\n`),
        '0\r\n\r\n',
      ],
      because: 'the limit holds for bodies that do not tell their length',
    },
    {
      name: 'a chunk of no size',
      // 500 of a genuine server, which finds out when it reads the body.
      want: /^HTTP\/1\.1 (?:400|500) |^$/,
      send: (head: string) => [`${head}transfer-encoding: chunked\r\n\r\n`, 'zz\r\n{}\r\n0\r\n\r\n'],
      because: 'framing that cannot be read ends the request',
    },
    {
      name: 'two lengths',
      want: /^HTTP\/1\.1 400 /,
      send: (head: string) => [`${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
      because: 'two readers could see two requests',
    },
    {
      name: 'something that is not HTTP',
      want: /^HTTP\/1\.1 (?:400|504) |^$/,
      send: () => ['\u0016\u0003\u0001 hello\r\n\r\n'],
      because: 'other protocols knock too',
    },
  ];
  test.each(cases)('$name', async ({ send, want, because }) => {
    const world = await open();
    const path = `/api/v1/namespaces/${world.namespace}/configmaps`;
    const { host } = new URL(world.server.url);
    const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${world.server.token}\r\ncontent-type: application/json\r\n`;
    expect(await exchange(world.server, send(head)), because).toMatch(want);
    expect((await world.call({ path: '$C/cut' })).code).toBe(404);
    expect((await world.must({ path: '/readyz' })).text.trim()).toBe('ok');
  });
}

/** Sends all parts, says that nothing more will come, and gives the beginning of what is answered until the end. */
function exchange(server: KubeApiUnderTest, parts: readonly string[]): Promise<string> {
  const { hostname, port, protocol } = new URL(server.url);
  const place = { host: hostname, port: Number(port) };
  const socket: Socket =
    protocol === 'https:' ? connectTls({ ...place, ca: server.ca }) : connectPlain(place);
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setTimeout(limitMs, () => socket.destroy(new Error(`no end within ${limitMs} ms`)));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      // A server may keep the connection; the answer is there.
      if (text.includes('\r\n\r\n')) socket.end(() => resolve(text));
    });
    socket.on('close', () => resolve(text));
    // A server that refuses while it is still sent to cuts the connection.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(text) : reject(error),
    );
    for (const part of parts) socket.write(part);
    socket.end();
  });
}
