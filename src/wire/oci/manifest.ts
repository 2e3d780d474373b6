import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { type Digest, parseDigest } from './digest.ts';
import { parseJsonObject, textMapOf, textOf } from './json.ts';
import { isIndexType, isManifestType, mediaTypes } from './media-types.ts';

/** The platform that an image of an index is for. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** A pointer to content. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** Only in an index. */
  readonly platform?: Platform;
  /** What kind of artifact it leads to, where the entry says so. */
  readonly artifactType?: string;
}

/** The manifest of one image. */
export interface ImageManifest {
  readonly kind: 'image';
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** A list of images, one per platform. */
export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** A parsed manifest, or why it is none. */
export type ManifestResult =
  | ImageManifest
  | ImageIndex
  | { readonly kind: 'unsupported'; readonly mediaType: string }
  | { readonly kind: 'malformed'; readonly problem: string };

/**
 * What these bytes say as a manifest; members that are not understood are ignored.
 *
 * `contentType` is the answer's header; the document's own `mediaType`, then its shape decide when that says nothing.
 */
export function parseManifest(bytes: Uint8Array, contentType?: string): ManifestResult {
  const document = parseJsonObject(bytes);
  if (document === undefined) return { kind: 'malformed', problem: 'is not a JSON object' };
  const mediaType = mediaTypeOf(document, contentType);
  const annotations = textMapOf(document, 'annotations');
  if (isIndexType(mediaType)) {
    const manifests = descriptorsOf(document['manifests']);
    if (manifests === undefined)
      return { kind: 'malformed', problem: 'has an entry without digest in "manifests"' };
    return { kind: 'index', mediaType, manifests, annotations };
  }
  if (!isManifestType(mediaType)) return { kind: 'unsupported', mediaType };
  const config = descriptorOf(document['config']);
  if (config === undefined) return { kind: 'malformed', problem: 'has no "config" with a digest' };
  return { kind: 'image', mediaType, config, layers: descriptorsOf(document['layers']) ?? [], annotations };
}

function mediaTypeOf(document: JsonObject, contentType: string | undefined): string {
  const header = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (isIndexType(header) || isManifestType(header)) return header;
  const own = textOf(document, 'mediaType');
  if (own !== undefined) return own;
  if (document['schemaVersion'] === 1) return mediaTypes.dockerSchema1;
  const isVague =
    header === '' ||
    header === 'application/json' ||
    header.startsWith('text/') ||
    header === 'application/octet-stream';
  if (!isVague) return header;
  if (Array.isArray(document['manifests'])) return mediaTypes.ociIndex;
  return isJsonObject(document['config']) ? mediaTypes.ociManifest : header;
}

function descriptorsOf(value: JsonValue | undefined): readonly Descriptor[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const descriptors = value.map(descriptorOf);
  return descriptors.every((item) => item !== undefined) ? descriptors : undefined;
}

function descriptorOf(value: JsonValue | undefined): Descriptor | undefined {
  if (!isJsonObject(value)) return undefined;
  const digest = parseDigest(textOf(value, 'digest') ?? '');
  if (digest === undefined) return undefined;
  const size = value['size'];
  const platform = value['platform'];
  return {
    mediaType: textOf(value, 'mediaType') ?? '',
    digest,
    sizeBytes: typeof size === 'number' ? size : 0,
    annotations: textMapOf(value, 'annotations'),
    ...(isJsonObject(platform) ? { platform: platformOf(platform) } : {}),
    ...(typeof value['artifactType'] === 'string' ? { artifactType: value['artifactType'] } : {}),
  };
}

/** What a manifest says of itself as an artifact. */
export interface ArtifactFacts {
  /** The manifest that it is about (of a signature, a bill of materials). */
  readonly subject: Digest | undefined;
  /** Its own word, else the type of its configuration; empty when it has neither. */
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What these bytes say as an artifact; nothing when they are no manifest. */
export function parseArtifact(bytes: Uint8Array): ArtifactFacts {
  const document = parseJsonObject(bytes) ?? {};
  const config = document['config'];
  const ofConfig = isJsonObject(config) ? textOf(config, 'mediaType') : undefined;
  return {
    subject: descriptorOf(document['subject'])?.digest,
    artifactType: textOf(document, 'artifactType') ?? ofConfig ?? '',
    annotations: textMapOf(document, 'annotations'),
  };
}

function platformOf(value: JsonObject): Platform {
  const variant = textOf(value, 'variant');
  return {
    os: textOf(value, 'os') ?? '',
    architecture: textOf(value, 'architecture') ?? '',
    ...(variant === undefined || variant === '' ? {} : { variant }),
  };
}
