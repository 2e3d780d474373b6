import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../test/support/http-server.ts';
import { createTestTls, type TestTls } from '../../test/support/tls.ts';
import { createHttpClient, type HttpClientOptions } from './client.ts';

const never = new AbortController().signal;
const disposables: AsyncDisposable[] = [];
afterEach(async () => {
  for (const item of disposables.splice(0).reverse()) await item[Symbol.asyncDispose]();
});

async function serve(listener: RequestListener, tls?: TestTls): Promise<TestServer> {
  const server = await startTestServer(listener, tls);
  disposables.push(server);
  return server;
}

function client(options: HttpClientOptions = {}) {
  const created = createHttpClient(options);
  disposables.push(created);
  return created;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test('answers with status, headers and body, whatever the status', async () => {
  const server = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      response.writeHead(418, { 'x-method': request.method, 'x-a': ['1', '2'] }).end(`got ${body}`);
    });
  });
  const url = `${server.url}/a?b=c`;
  const answer = await client().request({ method: 'POST', url, body: 'tea' }, never);
  expect(answer.status).toBe(418);
  expect(answer.headers).toMatchObject({ 'x-method': 'POST', 'x-a': '1, 2' });
  expect(text(answer.body)).toBe('got tea');
  expect(answer.url).toBe(url);
});

const inARow = [
  { name: 'HEAD', method: 'HEAD', url: '/' },
  { name: 'answers of known length', method: 'GET', url: '/known' },
  { name: 'answers in chunks', method: 'GET', url: '/chunks' },
  { name: 'bodies that go up', method: 'POST', url: '/known', body: 'tea' },
] as const;
test.each(inARow)(
  'requests one after the other share one connection: $name',
  async ({ name: _, ...request }) => {
    const ports = new Set<number | undefined>();
    const server = await serve((incoming, response) => {
      ports.add(incoming.socket.remotePort);
      incoming.resume();
      if (incoming.method === 'HEAD') response.writeHead(200, { 'content-length': '1000' }).end();
      else if (incoming.url === '/known') response.end('all of it');
      else {
        response.write('a part');
        setImmediate(() => response.end(' and the rest'));
      }
    });
    const http = client();
    const asked = { ...request, url: server.url + request.url };
    for (let round = 0; round < 6; round++) {
      await http.request(asked, never);
      const { body } = await http.stream(asked, never);
      for await (const chunk of body) expect(chunk.length).toBeGreaterThan(0);
    }
    expect(ports.size, 'each connection more is a handshake more').toBe(1);
  },
);

test('streams both ways', async () => {
  const server = await serve((request, response) => {
    request.pipe(response);
  });
  async function* body() {
    yield Buffer.from('one ');
    yield Buffer.from('two');
  }
  const answer = await client().stream({ method: 'POST', url: server.url, body: body() }, never);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  expect(text(Buffer.concat(chunks))).toBe('one two');
});

test('a stream that falls silent, is cut or grows too large fails while it is read', async () => {
  const server = await serve((request, response) => {
    response.write('first');
    if (request.url === '/cut') setImmediate(() => request.socket.destroy());
    if (request.url === '/large') response.end('x'.repeat(100));
  });
  const read = async (path: string, timeoutMs = 10_000) => {
    const asked = { method: 'GET', url: server.url + path, timeoutMs, maxBodyBytes: 50 };
    const { body } = await client().stream(asked, never);
    for await (const chunk of body) expect(chunk.length).toBeGreaterThan(0);
  };
  await expect(read('/silent', 100)).rejects.toMatchObject({ code: 'http.timeout' });
  await expect(read('/cut')).rejects.toMatchObject({ code: 'http.unreachable' });
  await expect(read('/large')).rejects.toMatchObject({ code: 'http.too-large' });
});

test('leaving a stream early closes its connection; aborting ends it with the reason', async () => {
  const closed: Promise<void>[] = [];
  const server = await serve((request, response) => {
    closed.push(new Promise((resolve) => request.socket.on('close', () => resolve())));
    response.write('first');
  });
  const left = await client().stream({ method: 'GET', url: server.url }, never);
  for await (const _ of left.body) break;
  await closed[0];
  const controller = new AbortController();
  const aborted = await client().stream({ method: 'GET', url: server.url }, controller.signal);
  const reason = new Error('stop');
  const reading = (async () => {
    for await (const _ of aborted.body) controller.abort(reason);
  })();
  await expect(reading).rejects.toBe(reason);
});

test('connections are kept and used again', async () => {
  const sockets = new Set<unknown>();
  const server = await serve((request, response) => {
    sockets.add(request.socket);
    response.end('ok');
  });
  const http = client();
  for (let turn = 0; turn < 10; turn++) await http.request({ method: 'GET', url: server.url }, never);
  expect(sockets.size).toBeLessThanOrEqual(2);
});

const failures: {
  name: string;
  listener: RequestListener;
  request?: object;
  want: string;
  because: string;
}[] = [
  {
    name: 'a server that never answers',
    listener: () => undefined,
    request: { timeoutMs: 50 },
    want: 'http.timeout',
    because: 'nothing may hang',
  },
  {
    name: 'a body that stops in the middle',
    listener: (_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('abc');
    },
    request: { timeoutMs: 50 },
    want: 'http.timeout',
    because: 'the limit covers the body',
  },
  {
    name: 'a connection that is cut',
    listener: (request) => {
      request.socket.destroy();
    },
    want: 'http.unreachable',
    because: 'a broken connection may work later',
  },
  {
    name: 'a body above the limit',
    listener: (_, response) => {
      response.end('x'.repeat(1000));
    },
    request: { maxBodyBytes: 999 },
    want: 'http.too-large',
    because: 'memory is bounded',
  },
  {
    name: 'a redirect to itself',
    listener: (_, response) => {
      response.writeHead(302, { location: '/' }).end();
    },
    want: 'http.redirect-refused',
    because: 'redirects are counted',
  },
  {
    name: 'a redirect that is not wanted',
    listener: (_, response) => {
      response.writeHead(302, { location: '/' }).end();
    },
    request: { redirect: 'refuse' },
    want: 'http.redirect-refused',
    because: 'the caller said so',
  },
  {
    name: 'a redirect to a file',
    listener: (_, response) => {
      response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    },
    want: 'http.redirect-refused',
    because: 'only http and https',
  },
];
test.each(failures)('$name is $want', async ({ listener, request, want, because }) => {
  const server = await serve(listener);
  const asked = { method: 'GET', url: server.url, ...request };
  await expect(client().request(asked, never), because).rejects.toMatchObject({ code: want });
});

test('a refused connection is unreachable and names the host', async () => {
  const server = await startTestServer(() => undefined);
  await server[Symbol.asyncDispose]();
  const asked = client().request({ method: 'GET', url: server.url }, never);
  await expect(asked).rejects.toMatchObject({
    code: 'http.unreachable',
    message: `cannot reach ${server.address}: ECONNREFUSED`,
  });
});

test('credentials in the address are refused without being repeated', async () => {
  const asked = client().request({ method: 'GET', url: 'https://me:hunter2@example.com/' }, never);
  await expect(asked).rejects.toMatchObject({
    code: 'http.invalid-request',
    message: expect.not.stringContaining('hunter2'),
  });
});

test('the reason of an aborted signal comes through', async () => {
  const server = await serve(() => undefined);
  const controller = new AbortController();
  const asked = client().request({ method: 'GET', url: server.url }, controller.signal);
  const reason = new Error('stop');
  controller.abort(reason);
  await expect(asked).rejects.toBe(reason);
});

test('a redirect to another origin drops credentials and turns POST into GET', async () => {
  const seen: unknown[] = [];
  const target = await serve((request, response) => {
    seen.push(request.method, request.headers.authorization, request.headers['x-keep']);
    response.end('there');
  });
  const server = await serve((request, response) => {
    if (request.url === '/start') response.writeHead(302, { location: '/next' }).end();
    else {
      seen.push(request.method, request.headers.authorization);
      response.writeHead(307, { location: target.url }).end();
    }
  });
  const headers = { Authorization: 'Basic abc', 'X-Keep': 'yes' };
  const asked = { method: 'POST', url: `${server.url}/start`, headers, body: 'x' };
  const answer = await client().request(asked, never);
  expect(text(answer.body)).toBe('there');
  expect(seen).toEqual(['GET', 'Basic abc', 'GET', undefined, 'yes']);
});

let tls: TestTls;
beforeAll(async () => {
  tls = await createTestTls(['github.com', '127.0.0.1']);
});

test('a mapped host is reached at its address, under its own name', async () => {
  const server = await serve((request, response) => {
    response.end(request.headers.host);
  }, tls);
  const http = client({ endpoints: { 'github.com': { address: server.address, caPem: tls.ca } } });
  for (const url of ['https://github.com/', 'https://GitHub.com:8443/', 'https://github.com./']) {
    const answer = await http.request(
      { method: 'GET', url, tls: { insecureSkipVerify: url.endsWith('./') } },
      never,
    );
    expect(text(answer.body)).toBe(new URL(url).host);
  }
});

test('a mapped host is never looked for elsewhere', async () => {
  const server = await startTestServer(() => undefined, tls);
  await server[Symbol.asyncDispose]();
  const http = client({ endpoints: { 'github.com': { address: server.address, caPem: tls.ca } } });
  const asked = http.request({ method: 'GET', url: 'https://github.com/' }, never);
  await expect(asked).rejects.toMatchObject({ code: 'http.unreachable', data: { reason: 'ECONNREFUSED' } });
});

test('a certificate is accepted only when its CA is trusted', async () => {
  const server = await serve((_, response) => {
    response.end('ok');
  }, tls);
  const asked = { method: 'GET', url: server.url };
  await expect(client().request(asked, never)).rejects.toMatchObject({ code: 'http.tls-failed' });
  const trusting = [
    client().request({ ...asked, tls: { caPem: tls.ca } }, never),
    client().request({ ...asked, tls: { insecureSkipVerify: true } }, never),
    client({ extraCaPem: tls.ca }).request(asked, never),
  ];
  for (const answer of await Promise.all(trusting)) expect(text(answer.body)).toBe('ok');
});

/** A proxy that lets `decide` answer each tunnel that is asked for. */
async function startProxy(decide: (target: string, socket: Duplex) => void): Promise<string> {
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    socket.on('error', () => undefined);
    decide(request.url ?? '', socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  disposables.push({
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      proxy.close();
    },
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

test('a proxy is asked for what it is for, and never for a mapped host', async () => {
  const server = await serve((request, response) => {
    response.end(`reached ${request.headers.host}`);
  }, tls);
  const tunnels: string[] = [];
  const proxy = await startProxy((target, socket) => {
    tunnels.push(target);
    const onward = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 fine\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => undefined);
  });
  const http = client({
    endpoints: { 'mapped.example': { address: server.address, caPem: tls.ca } },
    extraCaPem: tls.ca,
    proxyFor: (url) => (url.startsWith(server.url) ? undefined : proxy),
  });
  const read = async (url: string) => text((await http.request({ method: 'GET', url }, never)).body);
  expect(await read('https://github.com/a')).toBe('reached github.com');
  await read(server.url);
  await expect(read('https://mapped.example/')).rejects.toMatchObject({ code: 'http.tls-failed' });
  expect(tunnels).toEqual(['github.com:443']);
});

test('a proxy that refuses is unreachable', async () => {
  const proxy = await startProxy((_, socket) => {
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
  });
  const http = client({ proxyFor: () => proxy });
  const asked = http.request({ method: 'GET', url: 'https://github.com/', timeoutMs: 10_000 }, never);
  await expect(asked).rejects.toMatchObject({ code: 'http.unreachable' });
});
