import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { aFreight } from '../../../test/support/kargo-objects.ts';
import { unifiedDiff } from './diff.ts';
import { fillIn, gitopsFiles, manifestFiles } from './example.ts';
import { compareImages, place } from './script.ts';

const example = fileURLToPath(new URL('../../../examples/ameide', import.meta.url));

describe('the example', () => {
  test('is the one on disk, every file of it', () => {
    const gitops = readdirSync(join(example, 'gitops'), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(join(example, 'gitops'), join(entry.parentPath, entry.name)));
    expect([...gitopsFiles].sort()).toEqual(gitops.sort());
    expect(manifestFiles.filter((path) => !existsSync(join(example, path)))).toEqual([]);
    expect(manifestFiles.slice(1).map((path) => path.replace('manifests/', ''))).toEqual(
      readdirSync(join(example, 'manifests')).sort(),
    );
    expect(gitopsFiles).toContain(place.productionFile);
  });

  const account = { username: 'robot', password: 'p4ss' };
  test.each([
    {
      name: 'placeholder',
      given: { kind: 'Secret', stringData: { password: 'replace-me', username: 'x', repoURL: 'y' } },
      want: { kind: 'Secret', stringData: { password: 'p4ss', username: 'robot', repoURL: 'y' } },
      because: 'the sandbox has its own credentials',
    },
    {
      name: 'real secret',
      given: { kind: 'Secret', stringData: { password: 'mine' } },
      want: { kind: 'Secret', stringData: { password: 'mine' } },
      because: 'what somebody wrote stays',
    },
    {
      name: 'another kind',
      given: { kind: 'ConfigMap', stringData: { password: 'replace-me' } },
      want: { kind: 'ConfigMap', stringData: { password: 'replace-me' } },
      because: 'credentials go into Secrets only',
    },
  ])('$name: $because', ({ given, want }) => {
    expect(fillIn(given, account)).toEqual(want);
  });
});

describe('compareImages', () => {
  const freight = aFreight('bold-eagle', { digest: 'bbbbbbbb' });
  const good = `ghcr.io/ameideio/web@sha256:${'bbbbbbbb'.padEnd(64, '0')}`;
  const newer = `sha256:${'c'.repeat(64)}`;
  test.each([
    {
      name: 'equal',
      running: [good, 'docker.io/envoy:v1'],
      want: undefined,
      because: 'third parties are not promoted',
    },
    { name: 'missing', running: [], want: 'is missing', because: 'production must have all' },
    {
      name: 'foreign',
      running: [good, 'ghcr.io/ameideio/web@sha256:00'],
      want: 'is not of the Freight',
      because: 'production must have no other',
    },
    {
      name: 'newer',
      running: [`ghcr.io/ameideio/web@${newer}`],
      want: 'pushed after the Freight was minted',
      because: 'this is what the demo is about',
    },
  ])('$name: $because', ({ running, want }) => {
    const problem = compareImages(running, freight, [newer]);
    if (want === undefined) expect(problem).toBeUndefined();
    else expect(problem).toContain(want);
  });
});

describe('unifiedDiff', () => {
  const text = (...lines: readonly (number | string)[]): string => lines.join('\n');
  test.each([
    { name: 'equal', before: 'a\nb', after: 'a\nb', want: [], because: 'nothing changed' },
    {
      name: 'one line',
      before: text(1, 2, 3, 4, 5, 6, 7, 8, 9),
      after: text(1, 2, 3, 4, 'five', 6, 7, 8, 9),
      want: ['@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'],
      because: 'three lines around are shown',
    },
    {
      name: 'two places',
      before: text('a', 1, 2, 3, 4, 5, 6, 7, 8, 'b'),
      after: text(1, 2, 3, 4, 5, 6, 7, 8, 'b', 'c'),
      want: ['@@ -1,4 +1,3 @@', '-a', ' 1', ' 2', ' 3', '@@ -8,3 +7,4 @@', ' 7', ' 8', ' b', '+c'],
      because: 'changes far apart are shown apart',
    },
  ])('$name: $because', ({ before, after, want }) => {
    expect(unifiedDiff(before, after)).toEqual(want);
  });
});
