import type { ServerResponse } from 'node:http';
import { createHttpClient, type HttpClientOptions } from '../../src/http/index.ts';
import { createArtifacts, createRegistryClient, type RegistryClientOptions } from '../../src/oci/index.ts';
import type { Artifacts, Clock, HostBudgets, Registry } from '../../src/ports/index.ts';
import { digestOf, mediaTypes } from '../../src/wire/oci/index.ts';
import { startTestServer } from './http-server.ts';
import { createManualClock } from './manual-clock.ts';
import { createOpenBudgets } from './open-budgets.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createTestTls, type TestTls } from './tls.ts';

/** A request as the script sees it. */
export interface ScriptedCall {
  readonly method: string;
  /** The name under which the server was reached. */
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What the script answers; `take` writes the answer itself. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly take?: (response: ServerResponse) => void;
}

/** Clients of hosts that answer by a script. */
export interface ScriptedRegistry extends AsyncDisposable {
  readonly calls: readonly ScriptedCall[];
  readonly registry: Registry;
  readonly artifacts: Artifacts;
  /** "HEAD ghcr.io/v2/…" of every call. */
  texts(): readonly string[];
}

/** How the clients are made. */
export interface ScriptedOptions {
  readonly client?: RegistryClientOptions;
  readonly http?: HttpClientOptions;
  readonly budgets?: HostBudgets;
  readonly clock?: Clock;
  /** Made when it is not given; it must name all hosts. */
  readonly tls?: TestTls;
}

/** Starts a server that plays all of these hosts over TLS. */
export async function startScriptedRegistry(
  hosts: readonly string[],
  script: (call: ScriptedCall) => ScriptedAnswer,
  options: ScriptedOptions = {},
): Promise<ScriptedRegistry> {
  const tls = options.tls ?? (await createTestTls([...hosts]));
  const calls: ScriptedCall[] = [];
  const server = await startTestServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', `https://${request.headers.host}`);
      const headers = request.headers as Record<string, string | undefined>;
      const body = Buffer.concat(chunks).toString();
      const { pathname: path, searchParams: query, host } = url;
      const call: ScriptedCall = { method: request.method ?? '', host, path, query, headers, body };
      calls.push(call);
      const answer = script(call);
      if (answer.take !== undefined) {
        answer.take(response);
        return;
      }
      response.writeHead(answer.status ?? 200, { ...answer.headers });
      response.end(call.method === 'HEAD' ? undefined : answer.body);
    });
  }, tls);
  const endpoints = Object.fromEntries(
    hosts.map((host) => [host, { address: server.address, caPem: tls.ca }]),
  );
  const http = createHttpClient({ ...options.http, endpoints });
  const clock = options.clock ?? createHurriedClock();
  const budgets = options.budgets ?? createOpenBudgets();
  const deps = { http, clock, random: createSeededRandom(), budgets };
  return {
    calls,
    registry: createRegistryClient(deps, options.client),
    artifacts: createArtifacts(deps, options.client),
    texts: () => calls.map(({ method, host, path }) => `${method} ${host}${path}`),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const longestRetryMs = 10_000;

/** A clock that stands still and in which retries come at once; what is meant to take longer takes `longMs`. */
export function createHurriedClock(longMs?: number): Clock {
  const { nowMs } = createManualClock();
  return {
    nowMs,
    schedule(delayMs, run) {
      if (delayMs <= longestRetryMs) {
        const timer = setImmediate(run);
        return () => clearImmediate(timer);
      }
      if (longMs === undefined) return () => undefined;
      const timer = setTimeout(run, longMs);
      return () => clearTimeout(timer);
    },
  };
}

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A small image, ready to be answered: its documents by digest. */
export interface ScriptedImage {
  readonly digest: string;
  readonly manifest: Uint8Array;
  readonly configDigest: string;
  readonly config: Uint8Array;
  /** An index with the image as its only entry. */
  readonly indexDigest: string;
  readonly index: Uint8Array;
}

/** Makes an image whose time of creation stands in its configuration only. */
export function makeScriptedImage(created = '2026-01-02T03:04:05Z'): ScriptedImage {
  const config = encode({ created, os: 'linux', architecture: 'amd64' });
  const configDigest = digestOf(config);
  const manifest = encode({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: configDigest, size: config.length },
    layers: [],
  });
  const digest = digestOf(manifest);
  const platform = { os: 'linux', architecture: 'amd64' };
  const index = encode({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [{ mediaType: mediaTypes.ociManifest, digest, size: manifest.length, platform }],
  });
  return { digest, manifest, configDigest, config, indexDigest: digestOf(index), index };
}

/** What a well-behaved registry answers for that image under every tag; `undefined` for anything else. */
export function serveImage(image: ScriptedImage, call: ScriptedCall): ScriptedAnswer | undefined {
  const tail = call.path.split('/').slice(-2).join('/');
  if (tail === 'tags/list') return { body: JSON.stringify({ name: 'x', tags: ['v1'] }) };
  if (tail === `blobs/${image.configDigest}`) return { body: image.config };
  if (tail.startsWith('manifests/')) {
    const headers = { 'content-type': mediaTypes.ociManifest, 'docker-content-digest': image.digest };
    return { headers, body: image.manifest };
  }
  return undefined;
}
