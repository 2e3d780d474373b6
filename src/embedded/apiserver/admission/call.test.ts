import { expect, test } from 'vitest';
import { startTestServer } from '../../../../test/support/http-server.ts';
import { createTestTls } from '../../../../test/support/tls.ts';
import type { ServerContext } from '../context.ts';
import { callWebhook } from './call.ts';
import type { Webhook } from './webhooks.ts';

test('a connection that the webhook has closed while it was idle is no failure', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  let asked = 0;
  await using server = await startTestServer((request, response) => {
    asked += 1;
    // The second request comes on the connection of the first, which is cut at that moment.
    if (asked === 2) {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { uid } = JSON.parse(Buffer.concat(chunks).toString('utf8')).request as { uid: string };
      response.end(JSON.stringify({ response: { uid, allowed: true } }));
    });
  }, tls);
  const closing = new AbortController();
  const context = { options: {}, closing: closing.signal } as unknown as ServerContext;
  const clientConfig = { url: `${server.url}/admit`, caBundle: Buffer.from(tls.ca).toString('base64') };
  const webhook = { clientConfig, timeoutMs: 10_000 } as unknown as Webhook;
  for (const uid of ['one', 'two']) {
    const answer = await callWebhook(context, webhook, { request: { uid } });
    expect(answer).toEqual({ uid, allowed: true });
  }
  expect(asked).toBe(3);
  closing.abort();
});
