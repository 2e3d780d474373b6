import { gzipSync } from 'node:zlib';
import type { ImageSource } from '../ports/index.ts';
import { type Digest, digestOf, mediaTypes } from '../wire/oci/index.ts';
import { type RegistryClientDeps, transportParts } from './client.ts';
import { ociErrors } from './errors.ts';
import { type Repository, toRepository } from './repository.ts';
import { createTransport, type Transport } from './transport.ts';

/** The image to be made. */
export interface ImageDraft {
  /** RFC 3339. */
  readonly created: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** "linux/amd64" unless told. */
  readonly platform?: string;
  /** What the image's only layer says, so that images differ. */
  readonly content?: string;
}

/** Pushes small images. */
export interface ImagePusher {
  /** Makes a tiny image of the draft, pushes it under the tag, and answers the manifest's digest; deterministic. */
  pushImage(source: ImageSource, tag: string, draft: ImageDraft, signal: AbortSignal): Promise<Digest>;
}

const maxAnswerBytes = 1024 * 1024;

/** Creates a pusher; for the demo, the CLI and tests. */
export function createImagePusher(deps: RegistryClientDeps): ImagePusher {
  const transport = createTransport({ ...deps, ...transportParts(deps, { requestsPerSecond: 1000 }) });
  return {
    async pushImage(source, tag, draft, signal) {
      const repository = toRepository(source);
      const { config, layer, manifest } = makeImage(draft);
      for (const blob of [config, layer]) await pushBlob(transport, repository, blob, signal);
      const response = await transport.send(
        repository,
        {
          method: 'PUT',
          path: `manifests/${tag}`,
          headers: { 'content-type': mediaTypes.ociManifest },
          body: manifest,
          maxBodyBytes: maxAnswerBytes,
          subject: `tag "${tag}"`,
        },
        signal,
      );
      if (response.status !== 201) throw refusedPush(repository, `tag "${tag}"`, response.status);
      return digestOf(manifest);
    },
  };
}

/** Uploads in one request after the session is opened, which every registry can do. */
async function pushBlob(
  transport: Transport,
  repository: Repository,
  content: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const digest = digestOf(content);
  const subject = `blob ${digest}`;
  const common = { maxBodyBytes: maxAnswerBytes, subject };
  const head = await transport.send(
    repository,
    { method: 'HEAD', path: `blobs/${digest}`, ...common },
    signal,
  );
  if (head.status === 200) return;
  const opened = await transport.send(
    repository,
    { method: 'POST', path: 'blobs/uploads/', ...common },
    signal,
  );
  const place = URL.canParse(opened.headers['location'] ?? '', opened.url)
    ? new URL(opened.headers['location'] ?? '', opened.url)
    : undefined;
  if (opened.status !== 202 || place?.host !== new URL(opened.url).host) {
    throw refusedPush(repository, subject, opened.status);
  }
  place.searchParams.set('digest', digest);
  const closed = await transport.send(
    repository,
    {
      method: 'PUT',
      path: place.pathname + place.search,
      headers: { 'content-type': 'application/octet-stream' },
      body: content,
      ...common,
    },
    signal,
  );
  if (closed.status !== 201) throw refusedPush(repository, subject, closed.status);
}

function refusedPush(repository: Repository, subject: string, status: number): Error {
  return ociErrors.create(
    'oci.protocol',
    `registry ${repository.host} answers ${status} to pushing ${subject} of ${repository.label}`,
  );
}

function makeImage(draft: ImageDraft): {
  readonly config: Uint8Array;
  readonly layer: Uint8Array;
  readonly manifest: Uint8Array;
} {
  const tar = makeTar('content', new TextEncoder().encode(draft.content ?? draft.created));
  const layer = gzipSync(tar, { level: 9 });
  // The operating system's byte in the gzip header differs between machines; 255 means unknown.
  layer[9] = 255;
  const [os = 'linux', architecture = 'amd64', variant] = (draft.platform ?? 'linux/amd64').split('/');
  const config = toJson({
    created: draft.created,
    os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    config: { Labels: draft.labels ?? {} },
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
  });
  const manifest = toJson({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
    layers: [{ mediaType: mediaTypes.ociLayer, digest: digestOf(layer), size: layer.length }],
    ...(draft.annotations === undefined ? {} : { annotations: draft.annotations }),
  });
  return { config, layer, manifest };
}

function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** A tar archive of one file, dated at the epoch (POSIX ustar). */
function makeTar(name: string, content: Uint8Array): Uint8Array {
  const blockBytes = 512;
  const size = Math.ceil(content.length / blockBytes) * blockBytes;
  const archive = Buffer.alloc(blockBytes + size + 2 * blockBytes);
  archive.write(name, 0);
  archive.write('0000644\x000000000\x000000000\0', 100);
  archive.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  archive.write('00000000000\0', 136);
  archive.write('        0', 148);
  archive.write('ustar\x0000', 257);
  let sum = 0;
  for (const byte of archive.subarray(0, blockBytes)) sum += byte;
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  archive.set(content, blockBytes);
  return archive;
}
