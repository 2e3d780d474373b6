import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpClient } from '../../src/ports/index.ts';
import { digestOf, mediaTypes } from '../../src/wire/oci/index.ts';

/** An image of the fixtures of the conformance table image-select. */
export interface FixtureImage {
  readonly kind: 'image' | 'docker-image' | 'index' | 'docker-list';
  readonly configCreated?: string;
  readonly configLabels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly children?: readonly FixtureChild[];
}

/** An entry of an index. */
export interface FixtureChild {
  readonly os?: string;
  readonly arch?: string;
  readonly variant?: string;
  readonly noPlatform?: boolean;
  readonly descriptorAnnotations?: Readonly<Record<string, string>>;
  readonly image: FixtureImage;
}

/** Images by tag, by repository. */
export type ImageFixtures = Readonly<Record<string, Readonly<Record<string, FixtureImage>>>>;

/** The fixtures of image-select; only to be called where the table is present. */
export function readImageFixtures(): ImageFixtures {
  const root = process.env['GANTRY_SHARED'] ?? join(import.meta.dirname, '../../../shared');
  const text = readFileSync(join(root, 'reference/tables/image-select.fixtures.json'), 'utf8');
  return (JSON.parse(text) as { repositories: ImageFixtures }).repositories;
}

const signal = AbortSignal.timeout(120_000);
const toBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Pushes all fixtures to a registry that lets everybody in; answers the digests by "repository:tag". */
export async function pushImageFixtures(
  http: HttpClient,
  url: string,
  fixtures: ImageFixtures,
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const [repository, tags] of Object.entries(fixtures)) {
    const base = `${url}/v2/${repository}`;
    for (const [tag, image] of Object.entries(tags)) {
      const { digest } = await pushImage(http, base, image, tag);
      digests.set(`${repository}:${tag}`, digest);
    }
  }
  return digests;
}

interface Pushed {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

async function pushImage(http: HttpClient, base: string, image: FixtureImage, tag?: string): Promise<Pushed> {
  const isDocker = image.kind.startsWith('docker');
  const annotations = image.annotations === undefined ? {} : { annotations: image.annotations };
  if (image.children === undefined) {
    const config = await pushConfig(http, base, image);
    const mediaType = isDocker ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
    const configType = isDocker ? mediaTypes.dockerConfig : mediaTypes.ociConfig;
    const descriptor = { mediaType: configType, ...config };
    return putManifest(http, base, tag, {
      schemaVersion: 2,
      mediaType,
      config: descriptor,
      layers: [],
      ...annotations,
    });
  }
  const manifests = [];
  for (const child of image.children) {
    const { os = '', arch = '', variant } = child;
    manifests.push({
      ...(await pushImage(http, base, child.image)),
      ...(child.noPlatform === true ? {} : { platform: { os, architecture: arch, variant } }),
      annotations: child.descriptorAnnotations,
    });
  }
  const mediaType = isDocker ? mediaTypes.dockerList : mediaTypes.ociIndex;
  return putManifest(http, base, tag, { schemaVersion: 2, mediaType, manifests, ...annotations });
}

async function pushConfig(
  http: HttpClient,
  base: string,
  image: FixtureImage,
): Promise<{ readonly digest: string; readonly size: number }> {
  const labels = image.configLabels === undefined ? {} : { config: { Labels: image.configLabels } };
  const body = toBytes({ created: image.configCreated, os: 'linux', architecture: 'amd64', ...labels });
  const digest = digestOf(body);
  await send(http, 'POST', `${base}/blobs/uploads/?digest=${digest}`, body, 'application/octet-stream');
  return { digest, size: body.length };
}

async function putManifest(
  http: HttpClient,
  base: string,
  tag: string | undefined,
  manifest: { readonly mediaType: string; readonly [member: string]: unknown },
): Promise<Pushed> {
  const body = toBytes(manifest);
  const digest = digestOf(body);
  await send(http, 'PUT', `${base}/manifests/${tag ?? digest}`, body, manifest.mediaType);
  return { digest, size: body.length, mediaType: manifest.mediaType };
}

async function send(
  http: HttpClient,
  method: string,
  url: string,
  body: Uint8Array,
  type: string,
): Promise<void> {
  const response = await http.request({ method, url, body, headers: { 'content-type': type } }, signal);
  if (response.status !== 201) throw new Error(`${method} ${url} answers ${response.status}`);
}
