import { expect, test } from 'vitest';
import {
  createDigester,
  digestOf,
  formatChallenge,
  isRepositoryName,
  isTagName,
  mediaTypes,
  parseChallenges,
  parseDigest,
  parseErrorBody,
  parseImageConfig,
  parseManifest,
  parseNextLink,
  writeErrorBody,
  writeNextLink,
} from './index.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const a = digestOf(bytes('a'));

const challenges = [
  {
    name: 'bearer',
    given:
      'Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:a/b:pull"',
    want: [
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.example.com/token',
          service: 'registry.example.com',
          scope: 'repository:a/b:pull',
        },
      },
    ],
    because: 'the usual form',
  },
  {
    name: 'two challenges',
    given: 'Basic realm="a, b", Bearer realm=https://x/y, service="s"',
    want: [
      { scheme: 'basic', parameters: { realm: 'a, b' } },
      { scheme: 'bearer', parameters: { realm: 'https://x/y', service: 's' } },
    ],
    because: 'a comma may be inside of quotes, between parameters and between challenges',
  },
  {
    name: 'bare',
    given: 'Negotiate',
    want: [{ scheme: 'negotiate', parameters: {} }],
    because: 'no parameters',
  },
  {
    name: 'others first',
    given: 'Negotiate, NTLM TlRMTVNTUAAC==, Basic realm="r"',
    want: [
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'ntlm', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'r' } },
    ],
    because: 'proxies and domains add challenges of one value',
  },
  { name: 'nothing', given: undefined, want: [], because: 'no header, no challenge' },
  { name: 'garbage', given: '"""', want: [], because: 'what cannot be read is no challenge' },
];
test.each(challenges)('challenge: $name', ({ given, want, because }) => {
  expect(parseChallenges(given), because).toEqual(want);
});

test('a written challenge reads back', () => {
  const challenge = { scheme: 'bearer', parameters: { realm: 'https://x/"quoted"\\', service: 's' } };
  expect(parseChallenges(formatChallenge(challenge))).toEqual([challenge]);
});

test('a written link reads back, and only rel=next counts', () => {
  expect(parseNextLink(writeNextLink('/v2/a/tags/list?n=1&last=b'))).toBe('/v2/a/tags/list?n=1&last=b');
  expect(parseNextLink('</x>; rel="prev", </y>; rel=next')).toBe('/y');
  expect(parseNextLink('</x>; rel="prev"')).toBeUndefined();
});

const manifests = [
  {
    name: 'an image',
    given: { mediaType: mediaTypes.ociManifest, config: { digest: a, size: 3 }, layers: [{ digest: a }] },
    type: undefined,
    want: { kind: 'image', mediaType: mediaTypes.ociManifest },
    because: 'the document says what it is',
  },
  {
    name: 'an index by header',
    given: { manifests: [{ digest: a, platform: { os: 'linux', architecture: 'arm64', variant: '' } }] },
    type: `${mediaTypes.dockerList}; charset=utf-8`,
    want: {
      kind: 'index',
      mediaType: mediaTypes.dockerList,
      manifests: [{ digest: a, platform: { os: 'linux', architecture: 'arm64' } }],
    },
    because: 'the header decides, an empty variant is none',
  },
  {
    name: 'an untyped index',
    given: { manifests: [] },
    type: 'application/json',
    want: { kind: 'index', mediaType: mediaTypes.ociIndex },
    because: 'the shape decides when nothing else does',
  },
  {
    name: 'schema 1',
    given: { schemaVersion: 1, fsLayers: [] },
    type: mediaTypes.dockerSchema1Signed,
    want: { kind: 'unsupported' },
    because: 'it has no digest of its own',
  },
  {
    name: 'an image without config',
    given: { mediaType: mediaTypes.ociManifest },
    type: undefined,
    want: { kind: 'malformed' },
    because: 'a config is required',
  },
  {
    name: 'an index with a bad digest',
    given: { manifests: [{ digest: 'sha256:abc' }] },
    type: undefined,
    want: { kind: 'malformed' },
    because: 'digests are checked',
  },
];
test.each(manifests)('manifest: $name', ({ given, type, want, because }) => {
  expect(parseManifest(bytes(given), type), because).toMatchObject(want);
});

test('bytes that are no JSON are malformed, not a crash', () => {
  expect(parseManifest(new TextEncoder().encode('<html>'), 'text/html').kind).toBe('malformed');
  expect(parseImageConfig(new TextEncoder().encode('<html>'))).toBeUndefined();
  expect(parseErrorBody(new TextEncoder().encode('<html>'))).toEqual([]);
});

test('a config gives time and labels', () => {
  const config = parseImageConfig(
    bytes({ created: '2024-01-01T00:00:00Z', config: { Labels: { a: 'b', c: 1 } } }),
  );
  expect(config).toMatchObject({ created: '2024-01-01T00:00:00Z', labels: { a: 'b' } });
});

test('an error body reads back', () => {
  const problem = { code: 'NAME_UNKNOWN', message: 'no such repository' };
  expect(parseErrorBody(writeErrorBody(problem))).toEqual([problem]);
});

test('digests are computed in pieces and checked when read', () => {
  const digester = createDigester();
  digester.update(new TextEncoder().encode('he'));
  digester.update(new TextEncoder().encode('llo'));
  const digest = 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
  expect(digester.digest()).toBe(digest);
  expect(parseDigest(digest)).toBe(digest);
  expect(parseDigest(digest.toUpperCase())).toBeUndefined();
  expect(parseDigest('sha256:abc')).toBeUndefined();
});

test('names are checked', () => {
  expect(['a', 'a/b', 'a-b__c/d.e'].every(isRepositoryName)).toBe(true);
  expect(['', 'A', 'a//b', '/a', 'a/', '../a', 'a..b'].some(isRepositoryName)).toBe(false);
  expect(['v1', '_x', '1.2-3'].every(isTagName)).toBe(true);
  expect(['', '-x', '.x', 'a b', 'a'.repeat(129)].some(isTagName)).toBe(false);
});
