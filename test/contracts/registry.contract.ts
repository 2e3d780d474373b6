import { describe, expect, test } from 'vitest';
import { createHttpClient } from '../../src/http/index.ts';
import { createImagePusher, createRegistryClient } from '../../src/oci/index.ts';
import type { Credential, HttpClient, HttpResponse, ImageSource } from '../../src/ports/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { digestOf, mediaTypes, parseNextLink } from '../../src/wire/oci/index.ts';
import { createOpenBudgets } from '../support/open-budgets.ts';

/** A running registry that the suite may push to. */
export interface RegistryUnderTest extends AsyncDisposable {
  /** With scheme, host and port; no slash at the end. */
  readonly url: string;
  readonly credential?: Credential;
}

const signal = AbortSignal.timeout(60_000);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What every OCI registry must do, seen through the product's client and in the plain protocol. */
export function describeRegistry(name: string, start: () => Promise<RegistryUnderTest>): void {
  describe(`registry contract: ${name}`, () => {
    test('pushed images are listed, resolved and described', async () => {
      await using world = await open(start);
      const { pusher, registry, source } = world;
      const draft = {
        created: '2026-01-02T03:04:05Z',
        labels: { 'org.opencontainers.image.revision': 'abc' },
        annotations: { team: 'a' },
      };
      const digest = await pusher.pushImage(source('team/app'), 'main', draft, signal);
      await pusher.pushImage(source('team/app'), 'v1', { ...draft, content: 'other' }, signal);
      expect([...(await registry.listTags(source('team/app'), signal))].sort()).toEqual(['main', 'v1']);
      const facts = await registry.readTag(source('team/app'), 'main', signal);
      expect(facts).toEqual({
        digest,
        createdAtMs: Date.parse(draft.created),
        annotations: { team: 'a' },
        platforms: undefined,
      });
      expect(await registry.readTag(source('team/app'), 'main', signal), 'asked again').toEqual(facts);
    });

    test('a tag that moves is seen at the next look', async () => {
      await using world = await open(start);
      const { pusher, registry, source } = world;
      const created = '2026-01-02T03:04:05Z';
      const before = await pusher.pushImage(source('team/moving'), 'main', { created, content: '1' }, signal);
      expect((await registry.readTag(source('team/moving'), 'main', signal))?.digest).toBe(before);
      const after = await pusher.pushImage(source('team/moving'), 'main', { created, content: '2' }, signal);
      expect(after).not.toBe(before);
      expect((await registry.readTag(source('team/moving'), 'main', signal))?.digest).toBe(after);
    });

    test('what does not exist is missing, not an error of the protocol', async () => {
      await using world = await open(start);
      const { pusher, registry, source } = world;
      await pusher.pushImage(source('team/few'), 'one', { created: '2026-01-02T03:04:05Z' }, signal);
      expect(await registry.readTag(source('team/few'), 'two', signal)).toBeUndefined();
      await expect(registry.listTags(source('team/none'), signal)).rejects.toMatchObject({
        code: 'oci.not-found',
      });
    });

    test('an index tells its platforms and is named by its own digest', async () => {
      await using world = await open(start);
      const { pusher, registry, source, call } = world;
      const children = [];
      for (const platform of ['linux/amd64', 'linux/arm64/v8']) {
        const draft = { created: '2026-01-02T03:04:05Z', platform, content: platform };
        const digest = await pusher.pushImage(
          source('team/multi'),
          platform.replaceAll('/', '-'),
          draft,
          signal,
        );
        const [os, architecture, variant] = platform.split('/');
        children.push({
          mediaType: mediaTypes.ociManifest,
          digest,
          size: (await call('HEAD', `/v2/team/multi/manifests/${digest}`)).headers['content-length'],
          platform: { os, architecture, variant },
        });
      }
      const index = bytes(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: mediaTypes.ociIndex,
          manifests: children.map((child) => ({ ...child, size: Number(child.size) })),
        }),
      );
      const put = await call('PUT', '/v2/team/multi/manifests/v1', index, {
        'content-type': mediaTypes.ociIndex,
      });
      expect(put.status).toBe(201);
      const facts = await registry.readTag(source('team/multi'), 'v1', signal);
      expect(facts?.digest).toBe(digestOf(index));
      expect(facts?.platforms).toEqual([
        { os: 'linux', architecture: 'amd64', annotations: {} },
        { os: 'linux', architecture: 'arm64', variant: 'v8', annotations: {} },
      ]);
    });

    test('tag lists are complete, in one piece or in pages that link to the next', async () => {
      await using world = await open(start);
      const { pusher, source, call, base } = world;
      const draft = { created: '2026-01-02T03:04:05Z' };
      for (const tag of ['a', 'b', 'c']) await pusher.pushImage(source('team/paged'), tag, draft, signal);
      const found: string[] = [];
      let next: string | undefined = '/v2/team/paged/tags/list?n=2';
      for (let pages = 0; next !== undefined && pages < 5; pages++) {
        const page: HttpResponse = await call('GET', next);
        const { tags } = JSON.parse(new TextDecoder().decode(page.body)) as { tags: string[] };
        found.push(...tags);
        const link = parseNextLink(page.headers['link']);
        next = link === undefined ? undefined : new URL(link, base).href;
      }
      expect(found.sort()).toEqual(['a', 'b', 'c']);
    });

    test('blobs can be pushed in chunks, and a wrong digest is refused', async () => {
      await using world = await open(start);
      const { call, base } = world;
      const opened = await call('POST', '/v2/team/blobs/blobs/uploads/');
      expect(opened.status).toBe(202);
      const octets = { 'content-type': 'application/octet-stream' };
      const place = new URL(opened.headers['location'] ?? '', base);
      const one = await call('PATCH', place.href, bytes('hel'), { ...octets, 'content-range': '0-2' });
      expect(one.status).toBe(202);
      const next = new URL(one.headers['location'] ?? '', base);
      const two = await call('PATCH', next.href, bytes('lo'), { ...octets, 'content-range': '3-4' });
      expect(two.status).toBe(202);
      const last = new URL(two.headers['location'] ?? '', base);
      last.searchParams.set('digest', digestOf(bytes('hello')));
      expect((await call('PUT', last.href)).status).toBe(201);
      const blob = await call('GET', `/v2/team/blobs/blobs/${digestOf(bytes('hello'))}`);
      expect(new TextDecoder().decode(blob.body)).toBe('hello');

      const other = await call('POST', '/v2/team/blobs/blobs/uploads/');
      const wrong = new URL(other.headers['location'] ?? '', base);
      wrong.searchParams.set('digest', digestOf(bytes('hello')));
      expect((await call('PUT', wrong.href, bytes('bye'), octets)).status).toBe(400);
    });

    test('a manifest whose blobs were not pushed is refused', async () => {
      await using world = await open(start);
      const missing = digestOf(bytes('never pushed'));
      const manifest = bytes(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: mediaTypes.ociManifest,
          config: { mediaType: mediaTypes.ociConfig, digest: missing, size: 12 },
          layers: [],
        }),
      );
      const headers = { 'content-type': mediaTypes.ociManifest };
      const put = await world.call('PUT', '/v2/team/broken/manifests/v1', manifest, headers);
      expect([400, 404]).toContain(put.status);
    });
  });
}

interface World extends AsyncDisposable {
  readonly base: string;
  readonly pusher: ReturnType<typeof createImagePusher>;
  readonly registry: ReturnType<typeof createRegistryClient>;
  source(repository: string): ImageSource;
  call(
    method: string,
    target: string,
    body?: Uint8Array,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HttpResponse>;
}

async function open(start: () => Promise<RegistryUnderTest>): Promise<World> {
  const server = await start();
  const http: HttpClient & AsyncDisposable = createHttpClient();
  const deps = {
    http,
    clock: createSystemClock(),
    random: createSystemRandom(),
    budgets: createOpenBudgets(),
  };
  const { username, password } = server.credential ?? {};
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return {
    base: server.url,
    pusher: createImagePusher(deps),
    registry: createRegistryClient(deps),
    source: (repository) => ({
      repoURL: `${new URL(server.url).host}/${repository}`,
      ...(server.credential === undefined ? {} : { credential: server.credential }),
    }),
    call(method, target, body, headers = {}) {
      const url = new URL(target, server.url).href;
      const basic: Record<string, string> = username === undefined ? {} : { authorization };
      const request = { method, url, headers: { ...basic, ...headers } };
      return http.request(body === undefined ? request : { ...request, body }, signal);
    },
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
