import { expect, test } from 'vitest';
import { describeUrl, parseHttpUrl, parseRemoteUrl } from './url.ts';

const same = [
  'https://github.com/example/repo.git',
  'https://github.com/example/repo',
  'https://GitHub.com/example/repo.git/',
  'https://user:secret@github.com:443/example/repo',
];
test.each(same)('%s names the same repository', (url) => {
  expect(parseRemoteUrl({ url }).store).toBe('https://github.com/example/repo');
});

test('the address of requests keeps the path as it was written and has no user', () => {
  const { base, host } = parseHttpUrl({ url: 'https://user:secret@Git.example:8443/Team/Repo.git/?x=1' });
  expect({ base, host }).toEqual({
    base: 'https://git.example:8443/Team/Repo.git',
    host: 'git.example:8443',
  });
});

test('over SSH, both ways of writing name the same repository', () => {
  const urls = [
    'git@github.com:example/repo.git',
    'github.com:example/repo/',
    'ssh://git@GitHub.com/example/repo.git',
    'ssh://git:secret@github.com:22/example/repo',
    'ssh://github.com/example/repo',
  ];
  expect(new Set(urls.map((url) => parseRemoteUrl({ url }).store))).toEqual(
    new Set(['ssh://git@github.com/example/repo']),
  );
});

const apart = [
  ['https://git.example/team/App', 'https://git.example/team/app'],
  ['git@git.example:team/App', 'git@git.example:team/app'],
  ['Deploy@git.example:team/app', 'deploy@git.example:team/app'],
] as const;
test.each(apart)('%s and %s may be two repositories', (one, other) => {
  expect(parseRemoteUrl({ url: one }).store).not.toBe(parseRemoteUrl({ url: other }).store);
});

const addresses = [
  {
    url: 'git@github.com:Example/Repo.git',
    want: { host: 'github.com', hostname: 'github.com', port: 22, user: 'git', path: 'Example/Repo.git' },
    because: 'the path of the short form is relative, in the case that was written',
  },
  {
    url: 'ssh://deploy@Git.Example:2222/Team/Repo.git/',
    want: {
      host: 'git.example:2222',
      hostname: 'git.example',
      port: 2222,
      user: 'deploy',
      path: '/Team/Repo.git',
    },
    because: 'the path of a URL is absolute',
  },
  {
    url: 'ssh://git@git.example/~team/a%20b',
    want: { host: 'git.example', hostname: 'git.example', port: 22, user: 'git', path: '~team/a b' },
    because: 'home folders are named by a tilde, as git does',
  },
  {
    url: 'git@[::1]:repo',
    want: { host: '[::1]', hostname: '::1', port: 22, user: 'git', path: 'repo' },
    because: 'brackets keep the colons of an address apart',
  },
];
test.each(addresses)('$url is read', ({ url, want, because }) => {
  expect(parseRemoteUrl({ url }), because).toMatchObject({ kind: 'ssh', ...want });
});

test.each([
  'file:///etc',
  '/etc',
  '',
  './a:b',
  'git://github.com/a/b',
  'ftp://github.com/a',
  'C:\\repo',
  'git@-oProxyCommand=x:repo',
  'git@github.com:-upload',
  'ssh://git@-host/a',
  'ssh://git@github.com',
  'git@github.com:',
  'ssh://git@github.com/a%0Ab',
])('%j is not supported', (url) => {
  expect(() => parseRemoteUrl({ url })).toThrow(expect.objectContaining({ code: 'git.unsupported' }));
});

test('a password never reaches a message', () => {
  expect(describeUrl('https://user:secret@github.com/a')).toBe('"https://github.com/a"');
  expect(describeUrl('ssh://user:p@ss@github.com/a')).not.toContain('p@ss');
});
