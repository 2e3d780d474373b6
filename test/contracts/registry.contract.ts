import { describe, expect, test } from 'vitest';
import { createHttpClient } from '../../src/http/index.ts';
import { createArtifacts, createImagePusher, createRegistryClient } from '../../src/oci/index.ts';
import type {
  Artifacts,
  BlobDraft,
  Credential,
  HttpClient,
  HttpResponse,
  ImageSource,
} from '../../src/ports/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { digestOf, mediaTypes, parseNextLink } from '../../src/wire/oci/index.ts';
import { createOpenBudgets } from '../support/open-budgets.ts';

/** A running registry that the suite may push to. */
export interface RegistryUnderTest extends AsyncDisposable {
  /** With scheme, host and port; no slash at the end. */
  readonly url: string;
  readonly credential?: Credential;
}

const { signal } = new AbortController();
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

    const shapes: { name: string; chunkBytes?: number }[] = [
      { name: 'in one piece' },
      { name: 'in pieces', chunkBytes: 40_000 },
      { name: 'in a single piece of many', chunkBytes: 1_000_000 },
    ];
    test.each(shapes)(
      'a blob pushed $name is read whole, in part and from the middle',
      async ({ chunkBytes }) => {
        await using world = await open(start);
        const { artifacts } = world;
        const source = world.source('team/blobs');
        const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
        const digest = digestOf(content);
        await artifacts.pushBlob(
          source,
          { ...toBlob(content), ...(chunkBytes ? { chunkBytes } : {}) },
          signal,
        );
        await artifacts.pushBlob(source, toBlob(content), signal);
        const read = (part: { offset?: number; length?: number }) =>
          readAll(artifacts.readBlob(source, { digest, maxBytes: 200_000, ...part }, signal));
        expect((await read({})).equals(content)).toBe(true);
        expect((await read({ offset: 99_990 })).equals(content.subarray(99_990))).toBe(true);
        expect((await read({ offset: 10, length: 20 })).equals(content.subarray(10, 30))).toBe(true);
        expect(await read({ offset: 100_000 })).toHaveLength(0);
        const small = readAll(artifacts.readBlob(source, { digest, maxBytes: 50_000 }, signal));
        await expect(small).rejects.toMatchObject({ code: 'oci.too-large' });
        const none = { digest: digestOf(bytes('nobody')), maxBytes: 10 };
        const missing = readAll(artifacts.readBlob(source, none, signal));
        await expect(missing).rejects.toMatchObject({ code: 'oci.not-found' });
      },
    );

    test('a blob is mounted from another repository without being sent', async () => {
      await using world = await open(start);
      const { artifacts } = world;
      const content = bytes('shared layer');
      await artifacts.pushBlob(world.source('team/base'), toBlob(content), signal);
      let opened = 0;
      const openOnce = () => {
        opened++;
        return toBlob(content).open();
      };
      const blob = { ...toBlob(content), open: openOnce, mountFrom: 'team/base' };
      await artifacts.pushBlob(world.source('team/derived'), blob, signal);
      const wanted = { digest: digestOf(content), maxBytes: 100 };
      const got = await readAll(artifacts.readBlob(world.source('team/derived'), wanted, signal));
      expect(got.toString()).toBe('shared layer');
      expect(opened).toBe(0);
      const elsewhere = { ...toBlob(content), mountFrom: 'team/nothing' };
      await artifacts.pushBlob(world.source('team/third'), elsewhere, signal);
      expect(await readAll(artifacts.readBlob(world.source('team/third'), wanted, signal))).toHaveLength(12);
    });

    test('what refers to an image is found, by the registry or by the tag of its digest', async () => {
      await using world = await open(start);
      const { artifacts, pusher } = world;
      const source = world.source('team/signed');
      const subject = await pusher.pushImage(source, 'v1', { created: '2026-01-02T03:04:05Z' }, signal);
      expect(await artifacts.listReferrers(source, { digest: subject }, signal)).toEqual([]);
      const size = (await artifacts.readManifest(source, 'v1', signal))?.content.length ?? 0;
      await artifacts.pushBlob(source, toBlob(bytes('{}')), signal);
      const digests: string[] = [];
      for (const artifactType of ['application/vnd.example.signature', 'application/vnd.example.sbom']) {
        const empty = {
          mediaType: 'application/vnd.oci.empty.v1+json',
          digest: digestOf(bytes('{}')),
          size: 2,
        };
        const content = bytes(
          JSON.stringify({
            schemaVersion: 2,
            mediaType: mediaTypes.ociManifest,
            artifactType,
            config: empty,
            layers: [empty],
            subject: { mediaType: mediaTypes.ociManifest, digest: subject, size },
          }),
        );
        const manifest = { mediaType: mediaTypes.ociManifest, content };
        digests.push(await artifacts.pushManifest(source, digestOf(content), manifest, signal));
      }
      const all = await artifacts.listReferrers(source, { digest: subject }, signal);
      expect(all.map((item) => item.digest).sort()).toEqual([...digests].sort());
      const artifactType = 'application/vnd.example.sbom';
      const some = await artifacts.listReferrers(source, { digest: subject, artifactType }, signal);
      expect(some.map((item) => item.digest)).toEqual([digests[1]]);
    });

    test("Docker's own manifests and lists are read as well", async () => {
      await using world = await open(start);
      const { artifacts, registry } = world;
      const source = world.source('team/docker');
      const config = bytes(
        JSON.stringify({ created: '2026-01-02T03:04:05Z', os: 'linux', architecture: 'arm64' }),
      );
      await artifacts.pushBlob(source, toBlob(config), signal);
      const manifest = bytes(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: mediaTypes.dockerManifest,
          config: { mediaType: mediaTypes.dockerConfig, digest: digestOf(config), size: config.length },
          layers: [],
        }),
      );
      const type = mediaTypes.dockerManifest;
      await artifacts.pushManifest(source, 'one', { mediaType: type, content: manifest }, signal);
      const platform = { os: 'linux', architecture: 'arm64' };
      const entry = { mediaType: type, digest: digestOf(manifest), size: manifest.length, platform };
      const list = bytes(
        JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.dockerList, manifests: [entry] }),
      );
      await artifacts.pushManifest(
        source,
        'all',
        { mediaType: mediaTypes.dockerList, content: list },
        signal,
      );
      const createdAtMs = Date.parse('2026-01-02T03:04:05Z');
      expect(await registry.readTag(source, 'one', signal)).toMatchObject({ createdAtMs });
      expect(await registry.readTag(source, 'all', signal)).toMatchObject({
        digest: digestOf(list),
        createdAtMs,
        platforms: [platform],
      });
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

function toBlob(content: Uint8Array): BlobDraft {
  return {
    digest: digestOf(content),
    sizeBytes: content.length,
    async *open() {
      for (let start = 0; start < content.length; start += 33_000)
        yield content.subarray(start, start + 33_000);
    },
  };
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

interface World extends AsyncDisposable {
  readonly artifacts: Artifacts;
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
    artifacts: createArtifacts(deps),
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
