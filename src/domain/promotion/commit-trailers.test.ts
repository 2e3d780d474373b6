import { describe, expect, test } from 'vitest';
import { createTemporaryFolder, git, hasNativeGit } from '../../../test/support/native-git.ts';
import { commitTrailersAnnotation, trailersOf, withTrailers } from './commit-trailers.ts';

const names = { project: 'demo', stage: 'prod', promotion: 'prod.01.abc', freight: 'f'.repeat(40) };
const trailers = trailersOf({ [commitTrailersAnnotation]: 'true' }, names);

test.each([
  { name: 'nothing', annotations: undefined },
  { name: 'another word than true', annotations: { [commitTrailersAnnotation]: 'yes' } },
])('are not asked for by $name', ({ annotations }) => {
  expect(trailersOf(annotations, names)).toEqual([]);
  expect(withTrailers('Update image', [])).toBe('Update image');
});

const messages = [
  { name: 'one line', message: 'Update image' },
  { name: 'one line that looks like a trailer', message: 'feat: update image\n' },
  { name: 'a body', message: 'Update image\n\n- key: value of a list\n- other\n' },
  { name: 'trailers already', message: 'Update\n\nBody.\n\nSigned-off-by: Ann <ann@example.com>\n' },
  { name: 'a trailer of two lines', message: 'Update\n\nReason: a long\n one\n' },
  { name: 'empty lines at the end', message: 'Update\n\nBody\n\n\n' },
  { name: 'a body that begins like a trailer', message: 'Update\n\nNote: this is prose\nthat goes on\n' },
];

describe('are where git finds them, behind', () => {
  test.each(messages)('$name', ({ message }) => {
    const text = withTrailers(message, trailers);
    expect(text.startsWith(message.replace(/\n+$/, ''))).toBe(true);
    expect(text.endsWith(`Gantry-Promotion: prod.01.abc\nGantry-Freight: ${names.freight}\n`)).toBe(true);
  });

  if (hasNativeGit) {
    test.each(messages)('$name, as native git puts them', async ({ message }) => {
      using folder = createTemporaryFolder();
      const given = trailers.flatMap(({ name, value }) => ['--trailer', `${name}: ${value}`]);
      const native = await git(folder.path, ['interpret-trailers', ...given], { input: `${message}\n` });
      expect(withTrailers(message, trailers)).toBe(`${native.replace(/\n+$/, '')}\n`);
      const found = await git(folder.path, ['interpret-trailers', '--parse'], {
        input: withTrailers(message, trailers),
      });
      expect(found).toContain('Gantry-Project: demo\nGantry-Stage: prod\n');
    });
  } else {
    test.skip('as native git puts them: needs git', () => undefined);
  }
});
