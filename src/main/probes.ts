import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health, Runner } from '../kube/index.ts';
import type { PromMetrics } from '../telemetry/index.ts';
import type { Resources } from './resources.ts';

/** What the probes ask. */
export interface ProbeSources {
  readonly metrics: PromMetrics;
  /** `undefined` while the process is starting. */
  runner(): Pick<Runner, 'health'> | undefined;
  /** Are the caches full and kept so? Without it, a process is ready when its controllers work. */
  ready?(): Health;
}

/**
 * Serves /metrics (Prometheus text), /healthz (is work that is due moving?) and /readyz (are the caches full?).
 *
 * Answers: 200, or 503 with a sentence that says what stands still. Gives the address it listens on.
 */
export async function serveProbes(
  sources: ProbeSources,
  bindAddress: string,
  resources: Resources,
): Promise<string> {
  const colon = bindAddress.lastIndexOf(':');
  const host = bindAddress.slice(0, colon).replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    answer(sources, request.url ?? '/')
      .then(({ status, type, text }) => response.writeHead(status, { 'content-type': type }).end(text))
      .catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(bindAddress.slice(colon + 1)), host === '' ? undefined : host, resolve);
  });
  resources.use(server, (one) => {
    one.closeAllConnections();
    return new Promise((resolve) => one.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  return `http://${host === '' ? '127.0.0.1' : host}:${port}`;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

async function answer(sources: ProbeSources, url: string): Promise<Answer> {
  const path = url.split('?')[0];
  if (path === '/metrics') {
    const { contentType, text } = await sources.metrics.render();
    return { status: 200, type: contentType, text };
  }
  const runner = sources.runner();
  if (path === '/readyz') return judged(sources.ready?.() ?? (runner === undefined ? starting : working));
  if (path !== '/healthz') return plain(404, 'not found');
  return judged(runner?.health() ?? working);
}

const starting: Health = { healthy: false, sentence: 'starting' };
const working: Health = { healthy: true };

function judged(health: Health): Answer {
  return health.healthy ? plain(200, 'ok') : plain(503, health.sentence);
}

function plain(status: number, text: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', text: `${text}\n` };
}
