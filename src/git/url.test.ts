import { expect, test } from 'vitest';
import { describeUrl, parseRemoteUrl } from './url.ts';

const same = [
  'https://github.com/Example/Repo.git',
  'https://github.com/example/repo',
  'https://GitHub.com/example/repo.git/',
  'https://user:secret@github.com:443/example/repo',
];
test.each(same)('%s names the same repository', (url) => {
  expect(parseRemoteUrl({ url }).store).toBe('https://github.com/example/repo');
});

test('the address of requests keeps the path as it was written and has no user', () => {
  const { base, host } = parseRemoteUrl({ url: 'https://user:secret@Git.example:8443/Team/Repo.git/?x=1' });
  expect({ base, host }).toEqual({
    base: 'https://git.example:8443/Team/Repo.git',
    host: 'git.example:8443',
  });
});

test.each(['git@github.com:a/b.git', 'ssh://git@github.com/a/b', 'file:///etc', '/etc', ''])(
  '%j is not supported',
  (url) => {
    expect(() => parseRemoteUrl({ url })).toThrow(expect.objectContaining({ code: 'git.unsupported' }));
  },
);

test('a password never reaches a message', () => {
  expect(describeUrl('https://user:secret@github.com/a')).toBe('"https://github.com/a"');
  expect(describeUrl('ssh://user:p@ss@github.com/a')).not.toContain('p@ss');
});
