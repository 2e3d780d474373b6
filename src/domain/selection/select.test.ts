import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../../test/support/tables.ts';
import {
  compileImageRule,
  type ImageCriteria,
  type ImageFacts,
  imageCreationMs,
  isRunnable,
  latest,
  selectImages,
  statedCreationMs,
  type TagFact,
} from './index.ts';

interface FixtureImage {
  readonly kind: 'image' | 'docker-image' | 'index' | 'docker-list';
  readonly configCreated?: string;
  readonly configLabels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly children?: readonly {
    readonly os?: string;
    readonly arch?: string;
    readonly variant?: string;
    readonly noPlatform?: boolean;
    readonly descriptorAnnotations?: Readonly<Record<string, string>>;
    readonly image: FixtureImage;
  }[];
}

interface Input {
  readonly repository: string;
  readonly subscription: ImageCriteria;
}

interface Reference {
  readonly tag: string;
  readonly createdAt: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const rows = readTable<Input, readonly Reference[]>('image-select.jsonl');
const repositories = rows === undefined ? {} : readFixtures();

describe.skipIf(rows === undefined)('reference table image-select', () => {
  test.each(['Digest', 'Lexical', 'NewestBuild', 'SemVer', 'default', 'Unknown'])('strategy %s', (group) => {
    const mine = (rows ?? []).filter((row) => row.group === group);
    expect(mine.length).toBeGreaterThan(0);
    for (const row of mine) {
      const got = select(row.input);
      if (row.error === true) expect(got, row.id).toBe('error');
      else expect(got, row.id).toEqual(row.expect.map(cutToMillisecond));
    }
  });
});

function select({ repository, subscription }: Input): readonly Reference[] | 'error' {
  const tags = repositories[repository];
  const compiled = compileImageRule(subscription);
  if (!compiled.ok || (tags === undefined && compiled.rule.pinnedTag === undefined)) return 'error';
  const { rule } = compiled;
  const candidates = rule.rank(Object.keys(tags ?? {}));
  const facts = new Map<string, TagFact>();
  for (;;) {
    const step = selectImages(rule, candidates, facts);
    if (step.kind === 'blocked') return 'error';
    if (step.kind === 'done') {
      return step.images.map(({ tag, annotations, createdAtMs }) => ({
        ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
        createdAt: createdAtMs === undefined ? '0001-01-01T00:00:00Z' : formatSeconds(createdAtMs),
        tag,
      }));
    }
    expect(step.tags.length, 'progress').toBeGreaterThan(0);
    for (const tag of step.tags) facts.set(tag, factOf(tag, tags?.[tag]));
  }
}

function factOf(tag: string, image: FixtureImage | undefined): TagFact {
  if (image === undefined) return { kind: 'missing' };
  const facts = toFacts(tag, image);
  return facts === undefined
    ? { kind: 'unreadable', problem: 'no platform' }
    : { kind: 'image', image: facts };
}

function toFacts(tag: string, image: FixtureImage): ImageFacts | undefined {
  const annotations = image.annotations ?? {};
  if (image.children === undefined) {
    return { digest: tag, createdAtMs: creationOf(image), annotations, platforms: undefined };
  }
  const platforms = image.children.flatMap((child) => {
    const { os = '', arch = '', variant = '' } = child;
    const platform = { os, architecture: arch, ...(variant === '' ? {} : { variant }) };
    return child.noPlatform === true || !isRunnable(platform)
      ? []
      : [
          {
            ...platform,
            annotations: child.descriptorAnnotations ?? {},
            createdAtMs: statedCreationMs(child.descriptorAnnotations ?? {}) ?? creationOf(child.image),
          },
        ];
  });
  if (platforms.length === 0) return undefined;
  const createdAtMs =
    statedCreationMs(annotations) ?? latest(platforms.map((platform) => platform.createdAtMs));
  return { digest: tag, createdAtMs, annotations, platforms };
}

function creationOf(image: FixtureImage): number | undefined {
  return imageCreationMs(image.annotations ?? {}, {
    created: image.configCreated,
    labels: image.configLabels ?? {},
  });
}

/** As the table has it, to the millisecond at most. */
function formatSeconds(timeMs: number): string {
  return new Date(Math.floor(timeMs)).toISOString().replace(/\.?0*Z$/, 'Z');
}

function cutToMillisecond(reference: Reference): Reference {
  return { ...reference, createdAt: reference.createdAt.replace(/(\.\d{3})\d+/, '$1') };
}

function readFixtures(): Readonly<Record<string, Readonly<Record<string, FixtureImage>>>> {
  const root = process.env['GANTRY_SHARED'] ?? join(import.meta.dirname, '../../../../shared');
  const text = readFileSync(join(root, 'reference/tables/image-select.fixtures.json'), 'utf8');
  return (JSON.parse(text) as { repositories: Record<string, Record<string, FixtureImage>> }).repositories;
}

const unreadable: TagFact = { kind: 'unreadable', problem: 'has the media type "text/html"' };
const image = (createdAtMs: number | undefined): TagFact => ({
  kind: 'image',
  image: { digest: 'sha256:x', createdAtMs, annotations: {}, platforms: undefined },
});

const steps: {
  name: string;
  given: { criteria: ImageCriteria; facts: Record<string, TagFact> };
  want: unknown;
  because: string;
}[] = [
  {
    name: 'the best tag cannot be read',
    given: { criteria: { imageSelectionStrategy: 'Lexical' }, facts: { c: unreadable } },
    want: { kind: 'blocked', tag: 'c' },
    because: 'the next one is older than what would have been selected',
  },
  {
    name: 'a later tag cannot be read',
    given: {
      criteria: { imageSelectionStrategy: 'Lexical' },
      facts: { c: image(1), b: unreadable, a: image(1) },
    },
    want: { kind: 'done', images: [{ tag: 'c' }, { tag: 'a' }], skipped: [{ tag: 'b' }] },
    because: 'the best one is certain; the neighbor is named',
  },
  {
    name: 'the best tag has gone meanwhile',
    given: {
      criteria: { imageSelectionStrategy: 'Lexical', discoveryLimit: 1 },
      facts: { c: { kind: 'missing' }, b: image(1) },
    },
    want: { kind: 'done', images: [{ tag: 'b' }], skipped: [] },
    because: 'what does not exist cannot be selected',
  },
  {
    name: 'one of the newest cannot be read',
    given: {
      criteria: { imageSelectionStrategy: 'NewestBuild' },
      facts: { c: image(2), b: unreadable, a: image(3) },
    },
    want: { kind: 'blocked', tag: 'b' },
    because: 'it might be the newest',
  },
  {
    name: 'the limit is small',
    given: { criteria: { imageSelectionStrategy: 'Lexical', discoveryLimit: 2 }, facts: { c: image(1) } },
    want: { kind: 'need', tags: ['b'] },
    because: 'nothing is asked for that is not needed',
  },
  {
    name: 'times are missing',
    given: {
      criteria: { imageSelectionStrategy: 'NewestBuild' },
      facts: { c: image(undefined), b: image(5), a: image(5) },
    },
    want: { kind: 'done', images: [{ tag: 'b' }, { tag: 'a' }, { tag: 'c' }] },
    because: 'ties go to the higher tag, and no time is the oldest',
  },
];
test.each(steps)('selection when $name', ({ given, want, because }) => {
  const compiled = compileImageRule(given.criteria);
  if (!compiled.ok) throw new Error(compiled.problem);
  const candidates = compiled.rule.rank(['a', 'b', 'c']);
  expect(
    selectImages(compiled.rule, candidates, new Map(Object.entries(given.facts))),
    because,
  ).toMatchObject(want as object);
});
