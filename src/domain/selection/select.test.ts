import { expect, test } from 'vitest';
import { compileImageRule, type ImageCriteria, selectImages, type TagFact } from './index.ts';

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
