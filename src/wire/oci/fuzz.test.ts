import { expect, test } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import {
  createTagListReader,
  formatChallenge,
  parseChallenges,
  parseErrorBody,
  parseImageConfig,
  parseManifest,
  parseNextLink,
} from './index.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What a list says, given in pieces of these sizes. */
function readList(bytes: Uint8Array, sizes: readonly number[]): readonly string[] | string {
  const reader = createTagListReader();
  const tags: string[] = [];
  let position = 0;
  for (let turn = 0; position < bytes.length; turn++) {
    const size = sizes[turn % Math.max(1, sizes.length)] ?? bytes.length;
    tags.push(...reader.push(bytes.subarray(position, position + size)));
    position += size;
  }
  return reader.end() ?? tags;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const otherMember = fc.record({
  name: fc.string({ unit: 'binary' }).filter((name) => name !== 'tags' && name !== '__proto__'),
  value: fc.jsonValue(),
});

test('a tag list reads as JSON does, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue())),
      fc.uniqueArray(otherMember, { selector: ({ name }) => name, maxLength: 4 }),
      sizes,
      fc.boolean(),
      (tags, others, pieces, isIndented) => {
        const document = Object.fromEntries([
          ...others.map(({ name, value }): [string, unknown] => [name, value]),
          ['tags', tags],
        ]);
        const text = JSON.stringify(document, undefined, isIndented ? 2 : 0);
        const parsed = JSON.parse(text) as { tags: unknown[] };
        expect(readList(encode(text), pieces)).toEqual(parsed.tags.filter((tag) => typeof tag === 'string'));
      },
    ),
  );
});

test('what is no tag list is a problem or nothing, never an exception', () => {
  const broken = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map(encode),
    fc.tuple(fc.array(fc.string()), fc.nat(), fc.nat(255)).map(([tags, place, byte]) => {
      const bytes = encode(JSON.stringify({ name: 'a', tags }));
      bytes[place % bytes.length] = byte;
      return bytes;
    }),
  );
  fc.assert(
    fc.property(broken, sizes, (bytes, pieces) => {
      const whole = readList(bytes, [bytes.length + 1]);
      expect(readList(bytes, pieces)).toEqual(whole);
    }),
  );
});

const lists: { name: string; text: string; want: readonly string[] | string }[] = [
  { name: 'without tags', text: '{"name":"a"}', want: [] },
  { name: 'with null', text: '{"tags":null}', want: [] },
  { name: 'of Google', text: '{"child":[],"manifest":{"sha256:a":{"tag":["x"]}},"tags":["b"]}', want: ['b'] },
  { name: 'with a number among the tags', text: '{"tags":["a",1,"b"]}', want: ['a', 'b'] },
  { name: 'with an object as tags', text: '{"tags":{}}', want: 'has no list as "tags"' },
  { name: 'with a text as tags', text: '{"tags":"a"}', want: 'has no list as "tags"' },
  { name: 'that is a list', text: '["a"]', want: 'is not a JSON object' },
  { name: 'that is a text', text: '"a"', want: 'is not a JSON object' },
  { name: 'that is empty', text: '', want: 'is not JSON' },
  { name: 'that is cut', text: '{"tags":["a"', want: 'is not JSON' },
  { name: 'that goes on', text: '{"tags":["a"]}{}', want: 'is not JSON' },
  { name: 'that is HTML', text: '<html>', want: 'is not a JSON object' },
  { name: 'that is deep', text: `{"a":${'['.repeat(100)}`, want: 'is nested too deeply' },
  {
    name: 'with an endless text',
    text: `{"a":"${'x'.repeat(70_000)}"}`,
    want: 'has a text that is too long',
  },
];
test.each(lists)('a tag list $name', ({ text, want }) => {
  expect(readList(encode(text), [7])).toEqual(want);
});

test('challenges survive writing and reading', () => {
  const value = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => /^[\x20-\x7e]+$/.test(text));
  const parameters = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value, {
    minKeys: 1,
    noNullPrototype: true,
  });
  const challenge = fc.record({ scheme: fc.constantFrom('basic', 'bearer', 'digest'), parameters });
  fc.assert(
    fc.property(fc.array(challenge, { minLength: 1, maxLength: 3 }), (challenges) => {
      expect(parseChallenges(challenges.map(formatChallenge).join(', '))).toEqual(challenges);
    }),
  );
});

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        'Bearer',
        'Basic',
        ' ',
        ',',
        '=',
        '"',
        '\\',
        '<',
        '>',
        ';',
        'rel',
        'next',
        ':',
        '@',
        '/',
        'a',
      ),
    )
    .map((parts) => parts.join('')),
);

test('no text makes a parser throw, and what is read is what is meant', () => {
  fc.assert(
    fc.property(odd, (text) => {
      for (const { scheme } of parseChallenges(text)) expect(scheme).toBe(scheme.toLowerCase());
      const target = parseNextLink(text);
      if (target !== undefined) expect(text).toContain(`<${target}>`);
    }),
    { numRuns: 500 },
  );
});

test('no header is slow to read', () => {
  const long = [' ', ',', '<', '<a>;', 'a=', '"', '\\"', 'Bearer ', ';rel'].map((part) =>
    part.repeat(200_000 / part.length),
  );
  for (const text of long) {
    expect(parseNextLink(text)).toBeUndefined();
    expect(Array.isArray(parseChallenges(text))).toBe(true);
  }
});

test('no document makes a manifest parser throw, and every digest in a result is one', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const part = fc.oneof(
    fc.jsonValue(),
    fc.constant({ digest, mediaType: 'application/vnd.oci.image.config.v1+json', size: 2 }),
  );
  const document = fc.record(
    {
      schemaVersion: fc.constantFrom(1, 2, '2'),
      mediaType: fc.oneof(
        fc.jsonValue(),
        fc.constantFrom(
          'application/vnd.oci.image.index.v1+json',
          'application/vnd.docker.distribution.manifest.v2+json',
        ),
      ),
      config: part,
      layers: fc.oneof(part, fc.array(part)),
      manifests: fc.oneof(part, fc.array(part)),
      subject: part,
      annotations: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(document, fc.string(), (value, type) => {
      const bytes = encode(JSON.stringify(value));
      const manifest = parseManifest(bytes, type);
      if (manifest.kind === 'index') for (const item of manifest.manifests) expect(item.digest).toBe(digest);
      if (manifest.kind === 'image') expect(manifest.config.digest).toBe(digest);
      parseImageConfig(bytes);
      parseErrorBody(bytes);
    }),
  );
});

const links: { header: string; want: string | undefined }[] = [
  { header: '</v2/a/tags/list?n=1&last=b>; rel="next"', want: '/v2/a/tags/list?n=1&last=b' },
  { header: '<x>;rel=next', want: 'x' },
  { header: '<a>; rel="prev", <b>; title="x, y; z"; rel="last next"', want: 'b' },
  { header: '<a>; rel="prev"', want: undefined },
  { header: '<a>', want: undefined },
  { header: '/v2/a/tags/list; rel=next', want: undefined },
];
test.each(links)('link: $header', ({ header, want }) => {
  expect(parseNextLink(header)).toBe(want);
});
