import { gzipSync } from 'node:zlib';
import type { BlobDraft, ImageSource } from '../ports/index.ts';
import { type Digest, digestOf, mediaTypes } from '../wire/oci/index.ts';
import { createArtifacts } from './artifacts.ts';
import type { RegistryClientDeps } from './client.ts';
import type { RegistryHosts } from './repository.ts';

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

/** Creates a pusher; for the demo, the CLI and tests. */
export function createImagePusher(
  deps: RegistryClientDeps,
  options: { readonly hosts?: RegistryHosts } = {},
): ImagePusher {
  const artifacts = createArtifacts(deps, options);
  return {
    async pushImage(source, tag, draft, signal) {
      const { config, layer, manifest } = makeImage(draft);
      for (const content of [config, layer]) await artifacts.pushBlob(source, toBlob(content), signal);
      const mediaType = mediaTypes.ociManifest;
      return artifacts.pushManifest(source, tag, { mediaType, content: manifest }, signal);
    },
  };
}

function toBlob(content: Uint8Array): BlobDraft {
  return {
    digest: digestOf(content),
    sizeBytes: content.length,
    async *open() {
      yield content;
    },
  };
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
