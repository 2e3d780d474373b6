import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Credential } from '../../src/ports/index.ts';
import { digestOf } from '../../src/wire/oci/index.ts';
import {
  makeScriptedImage,
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedRegistry,
  serveImage,
  startScriptedRegistry,
} from '../support/scripted-registry.ts';

const { signal } = new AbortController();
const image = makeScriptedImage();
const missing: ScriptedAnswer = { status: 404 };

interface Quirk {
  /** As the first column of the table in the guide names it. */
  readonly registry: string;
  readonly quirk: string;
  readonly hosts: readonly string[];
  readonly answer: (call: ScriptedCall, count: number) => ScriptedAnswer;
  readonly prove: (world: ScriptedRegistry) => Promise<void>;
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const robot = (username: string, password: string): Credential => ({
  identity: 'secret a/b',
  username,
  password,
});
const serve = (call: ScriptedCall): ScriptedAnswer => serveImage(image, call) ?? missing;

/** A registry behind bearer tokens; `realm` is where they are. */
const behindTokens =
  (
    realm: string,
    more: (call: ScriptedCall, count: number) => ScriptedAnswer | undefined = () => undefined,
  ) =>
  (call: ScriptedCall, count: number): ScriptedAnswer => {
    const url = new URL(realm);
    const special = more(call, count);
    if (special !== undefined) return special;
    if (call.host === url.host && call.path === url.pathname) return { body: '{"token":"t0ken"}' };
    if (call.headers['authorization'] === 'Bearer t0ken') return serve(call);
    const challenge = `Bearer realm="${realm}",service="s",scope="repository:x:pull"`;
    return { status: 401, headers: { 'www-authenticate': challenge } };
  };

const tagCall = (call: ScriptedCall): boolean => call.path.endsWith('/tags/list');
/** Two pages whose link is written by `link`. */
const pages = (link: string): ((call: ScriptedCall) => ScriptedAnswer | undefined) => {
  const [target = ''] = link.split(' ');
  return (call) => {
    if (!tagCall(call)) return undefined;
    if (call.query.get('last') === 'a' || call.query.get('next_page') === 'a')
      return { body: '{"tags":["b"]}' };
    return { headers: { link: `<${target}>; rel="next"` }, body: '{"tags":["a"]}' };
  };
};

const quirks: readonly Quirk[] = [
  {
    registry: 'GHCR',
    quirk: 'wants a token for public images too',
    hosts: ['ghcr.io'],
    answer: behindTokens('https://ghcr.io/token'),
    async prove({ registry, calls }) {
      const source = { repoURL: 'ghcr.io/example/app' };
      expect(await registry.listTags(source, signal)).toEqual(['v1']);
      expect(calls[1]?.query.get('scope')).toBe('repository:example/app:pull');
      expect(calls[1]?.headers['authorization']).toBeUndefined();
    },
  },
  {
    registry: 'GHCR',
    quirk: 'denies a hidden image at the token endpoint with 403',
    hosts: ['ghcr.io'],
    answer: behindTokens('https://ghcr.io/token', ({ path }) =>
      path === '/token' ? { status: 403, body: '{"errors":[{"code":"DENIED"}]}' } : undefined,
    ),
    async prove({ registry }) {
      const listed = registry.listTags({ repoURL: 'ghcr.io/example/app' }, signal);
      await expect(listed).rejects.toMatchObject({ code: 'oci.auth-failed', disposition: 'stop' });
    },
  },
  {
    registry: 'Docker Hub',
    quirk: 'keeps official images below library/, at another host, with tokens at a third',
    hosts: ['index.docker.io', 'auth.docker.io'],
    answer: behindTokens('https://auth.docker.io/token'),
    async prove({ registry, texts, calls }) {
      expect(await registry.listTags({ repoURL: 'nginx' }, signal)).toEqual(['v1']);
      expect(texts()).toEqual([
        'GET index.docker.io/v2/library/nginx/tags/list',
        'GET auth.docker.io/token',
        'GET index.docker.io/v2/library/nginx/tags/list',
      ]);
      expect(calls[1]?.query.get('scope')).toBe('repository:library/nginx:pull');
    },
  },
  {
    registry: 'Docker Hub',
    quirk: 'counts pulls, not looks; the last pull of the anonymous does not stop looking',
    hosts: ['index.docker.io'],
    answer: (call) => {
      const limits = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' };
      const answer = serve(call);
      return call.path.includes('/manifests/')
        ? { ...answer, headers: { ...answer.headers, ...limits } }
        : answer;
    },
    async prove({ registry, texts }) {
      const source = { repoURL: 'example/app' };
      expect((await registry.readTag(source, 'v1', signal))?.digest).toBe(image.digest);
      expect((await registry.readTag(source, 'v1', signal))?.digest, 'a HEAD').toBe(image.digest);
      await expect(registry.readTag(source, 'v2', signal), 'another pull').rejects.toMatchObject({
        code: 'oci.rate-limited',
        retryAfterMs: expect.any(Number),
      });
      expect(texts().filter((text) => text.startsWith('GET') && text.includes('manifests'))).toHaveLength(1);
    },
  },
  {
    registry: 'ECR',
    quirk: 'takes user AWS with a password by Basic, and links with full addresses',
    hosts: ['1.dkr.ecr.eu-west-1.amazonaws.com'],
    answer: (call) => {
      if (call.headers['authorization'] !== basic('AWS:secret')) {
        const challenge =
          'Basic realm="https://1.dkr.ecr.eu-west-1.amazonaws.com/",service="ecr.amazonaws.com"';
        return { status: 401, headers: { 'www-authenticate': challenge } };
      }
      if (Number(call.query.get('n')) > 1000) return { status: 405 };
      return pages('https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/app/tags/list?last=a')(call) ?? missing;
    },
    async prove({ registry }) {
      const repoURL = '1.dkr.ecr.eu-west-1.amazonaws.com/app';
      const source = { repoURL, credential: robot('AWS', 'secret') };
      expect(await registry.listTags(source, signal)).toEqual(['a', 'b']);
    },
  },
  {
    registry: 'GAR and GCR',
    quirk: 'list tags together with manifests and children, all in one page',
    hosts: ['europe-docker.pkg.dev'],
    answer: behindTokens('https://europe-docker.pkg.dev/v2/token', (call) =>
      tagCall(call) && call.headers['authorization'] === 'Bearer t0ken'
        ? {
            body: JSON.stringify({
              child: ['other'],
              manifest: { 'sha256:1': { imageSizeBytes: '1', tag: ['wrong'], timeCreatedMs: '0' } },
              name: 'p/r/app',
              tags: ['v1', 'v2'],
            }),
          }
        : undefined,
    ),
    async prove({ registry, calls }) {
      const credential = robot('oauth2accesstoken', 'ya29');
      const source = { repoURL: 'europe-docker.pkg.dev/p/r/app', credential };
      expect(await registry.listTags(source, signal)).toEqual(['v1', 'v2']);
      expect(calls[1]?.headers['authorization']).toBe(basic('oauth2accesstoken:ya29'));
    },
  },
  {
    registry: 'ACR',
    quirk: 'exchanges an identity token, and wants metadata_read for tags',
    hosts: ['example.azurecr.io'],
    answer: (call) => {
      if (call.path === '/oauth2/token') {
        const form = new URLSearchParams(call.body);
        const isRight = form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === 'refresh';
        const isEnough = form.get('scope')?.includes('metadata_read') === true;
        return isRight && isEnough ? { body: '{"access_token":"t0ken"}' } : { status: 401 };
      }
      if (call.headers['authorization'] === 'Bearer t0ken') return serve(call);
      const challenge =
        'Bearer realm="https://example.azurecr.io/oauth2/token",service="example.azurecr.io",scope="repository:app:metadata_read"';
      return { status: 401, headers: { 'www-authenticate': challenge } };
    },
    async prove({ registry }) {
      const source = { repoURL: 'example.azurecr.io/app', credential: robot('<token>', 'refresh') };
      expect(await registry.listTags(source, signal)).toEqual(['v1']);
    },
  },
  {
    registry: 'ACR',
    quirk: 'sends blobs from a storage host, which must not see the token',
    hosts: ['example.azurecr.io', 'store.blob.core.windows.net'],
    answer: behindTokens('https://example.azurecr.io/oauth2/token', (call) => {
      if (call.host.startsWith('store.')) return { body: image.config };
      const isBlob = call.path.includes('/blobs/') && call.headers['authorization'] === 'Bearer t0ken';
      const location = 'https://store.blob.core.windows.net/x?sig=1';
      return isBlob ? { status: 307, headers: { location } } : undefined;
    }),
    async prove({ registry, calls }) {
      const source = { repoURL: 'example.azurecr.io/app', credential: robot('u', 'p') };
      expect(await registry.readTag(source, 'v1', signal)).toMatchObject({ digest: image.digest });
      const stored = calls.find((call) => call.host.startsWith('store.'));
      expect(stored).toBeDefined();
      expect(stored?.headers['authorization']).toBeUndefined();
    },
  },
  {
    registry: 'Quay',
    quirk: 'pages with next_page and a hundred tags, whatever was asked for',
    hosts: ['quay.io'],
    answer: (call) => pages('/v2/example/app/tags/list?next_page=a&n=100')(call) ?? missing,
    async prove({ registry }) {
      expect(await registry.listTags({ repoURL: 'quay.io/example/app' }, signal)).toEqual(['a', 'b']);
    },
  },
  {
    registry: 'Quay',
    quirk: 'answers 401 for what does not exist, and pages for people instead of JSON',
    hosts: ['quay.io'],
    answer: behindTokens('https://quay.io/v2/auth', (call) =>
      tagCall(call) && call.headers['authorization'] !== undefined
        ? { status: 401, headers: { 'content-type': 'text/html' }, body: '<html>no</html>' }
        : undefined,
    ),
    async prove({ registry, calls }) {
      const listed = registry.listTags({ repoURL: 'quay.io/example/none' }, signal);
      await expect(listed).rejects.toMatchObject({ code: 'oci.auth-failed' });
      expect(calls.length).toBeLessThanOrEqual(4);
    },
  },
  {
    registry: 'Harbor',
    quirk: 'has robots with "$" and "+" in their names, and null for no tags',
    hosts: ['harbor.example.com'],
    answer: behindTokens('https://harbor.example.com/service/token', (call) =>
      tagCall(call) && call.headers['authorization'] === 'Bearer t0ken'
        ? { body: '{"name":"p/app","tags":null}' }
        : undefined,
    ),
    async prove({ registry, calls }) {
      const credential = robot('robot$p+ci', 'sec:ret');
      expect(await registry.listTags({ repoURL: 'harbor.example.com/p/app', credential }, signal)).toEqual(
        [],
      );
      expect(calls[1]?.headers['authorization']).toBe(basic('robot$p+ci:sec:ret'));
    },
  },
  {
    registry: 'GitLab',
    quirk: 'keeps tokens at the host of the site, and does not say how long they live',
    hosts: ['registry.gitlab.com', 'gitlab.com'],
    answer: behindTokens('https://gitlab.com/jwt/auth'),
    async prove({ registry, texts }) {
      const source = { repoURL: 'registry.gitlab.com/g/p/app', credential: robot('u', 'p') };
      expect(await registry.listTags(source, signal)).toEqual(['v1']);
      await registry.listTags(source, signal);
      expect(texts().filter((text) => text === 'GET gitlab.com/jwt/auth')).toHaveLength(1);
    },
  },
  {
    registry: 'Artifactory',
    quirk: 'leaves the name of the repository key out of its links',
    hosts: ['example.jfrog.io'],
    answer: (call) => pages('/v2/team/app/tags/list?last=a&n=1')(call) ?? missing,
    async prove({ registry, texts }) {
      const listed = await registry.listTags({ repoURL: 'example.jfrog.io/docker-local/team/app' }, signal);
      expect(listed).toEqual(['a', 'b']);
      expect(new Set(texts())).toEqual(new Set(['GET example.jfrog.io/v2/docker-local/team/app/tags/list']));
    },
  },
  {
    registry: 'Artifactory',
    quirk: 'may have no HEAD for manifests',
    hosts: ['example.jfrog.io'],
    answer: (call) => (call.method === 'HEAD' ? { status: 405 } : serve(call)),
    async prove({ registry, texts }) {
      const source = { repoURL: 'example.jfrog.io/team/app' };
      for (let round = 0; round < 3; round++) {
        expect((await registry.readTag(source, 'v1', signal))?.digest).toBe(image.digest);
      }
      expect(
        texts().filter((text) => text.startsWith('HEAD')),
        'not tried again',
      ).toHaveLength(1);
      expect(texts().filter((text) => text.includes('/blobs/'))).toHaveLength(1);
    },
  },
  {
    registry: 'distribution',
    quirk: 'believes in http behind a proxy that ends TLS, and says so in Location',
    hosts: ['registry.example.com'],
    answer: (call) => {
      if (call.method === 'HEAD') return missing;
      const location = 'http://registry.example.com/v2/app/blobs/uploads/1?_state=x';
      if (call.method === 'POST') return { status: 202, headers: { location } };
      const isRight = call.query.get('_state') === 'x' && call.query.get('digest') !== null;
      return { status: isRight ? 201 : 400 };
    },
    async prove({ artifacts, texts }) {
      const content = new TextEncoder().encode('hello');
      const open = async function* () {
        yield content;
      };
      const blob = { digest: digestOf(content), sizeBytes: content.length, open };
      await artifacts.pushBlob({ repoURL: 'registry.example.com/app' }, blob, signal);
      expect(texts().at(-1)).toBe('PUT registry.example.com/v2/app/blobs/uploads/1');
    },
  },
  {
    registry: 'distribution',
    quirk: 'may leave the digest out of a HEAD and have it as ETag',
    hosts: ['registry.example.com'],
    answer: (call) => (call.method === 'HEAD' ? { headers: { etag: `"${image.digest}"` } } : serve(call)),
    async prove({ registry, texts }) {
      const source = { repoURL: 'registry.example.com/app' };
      await registry.readTag(source, 'v1', signal);
      await registry.readTag(source, 'v1', signal);
      expect(texts().filter((text) => text.startsWith('GET') && text.includes('/manifests/'))).toHaveLength(
        1,
      );
    },
  },
  {
    registry: 'zot',
    quirk: 'keeps referrers itself, and need not filter them',
    hosts: ['zot.example.com'],
    answer: (call) => {
      if (!call.path.includes('/referrers/')) return missing;
      const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 1 };
      const manifests = [
        { ...entry, digest: image.digest, artifactType: 'application/sbom' },
        { ...entry, digest: image.configDigest, artifactType: 'application/signature' },
      ];
      const headers = { 'content-type': 'application/vnd.oci.image.index.v1+json' };
      return { headers, body: JSON.stringify({ schemaVersion: 2, manifests }) };
    },
    async prove({ artifacts }) {
      const about = { digest: digestOf(image.index), artifactType: 'application/sbom' };
      const found = await artifacts.listReferrers({ repoURL: 'zot.example.com/app' }, about, signal);
      expect(found.map((item) => item.digest)).toEqual([image.digest]);
    },
  },
  {
    registry: 'registry.k8s.io',
    quirk: 'redirects everything to mirrors, whose links are their own',
    hosts: ['registry.k8s.io', 'mirror.pkg.dev'],
    answer: (call) => {
      if (call.host === 'registry.k8s.io') {
        const path = call.path.replace('/v2/', '/v2/k8s-artifacts-prod/images/');
        const location = `https://mirror.pkg.dev${path}?${call.query.toString()}`;
        return { status: 307, headers: { location } };
      }
      return pages('/v2/k8s-artifacts-prod/images/pause/tags/list?last=a')(call) ?? serve(call);
    },
    async prove({ registry, calls }) {
      const source = { repoURL: 'registry.k8s.io/pause', credential: robot('u', 'p') };
      expect(await registry.listTags(source, signal)).toEqual(['a', 'b']);
      expect((await registry.readTag(source, 'v1', signal))?.digest).toBe(image.digest);
      for (const call of calls.filter((one) => one.host === 'mirror.pkg.dev'))
        expect(call.headers['authorization']).toBeUndefined();
    },
  },
];

test.each(quirks)('$registry $quirk', async ({ hosts, answer, prove }) => {
  let count = 0;
  await using world = await startScriptedRegistry(hosts, (call) => answer(call, count++));
  await prove(world);
});

test('the guide names every registry of the table, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/guide/registries.md'), 'utf8');
  const rows = [...page.matchAll(/^\| \*\*(?<name>[^*]+)\*\* \|/gm)].map((row) => row.groups?.['name']);
  expect(new Set(rows)).toEqual(new Set(quirks.map((quirk) => quirk.registry)));
});
