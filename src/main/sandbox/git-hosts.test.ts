import { expect, test } from 'vitest';
import { isApiRequest, readGitHost } from './git-hosts.ts';

test.each([
  { text: 'gitlab.com', flavor: 'gitlab', api: 'https://gitlab.com/api/v4' },
  { text: 'GitHub.corp.example', flavor: 'github', api: 'https://github.corp.example/api/v3' },
  { text: 'corp.ghe.com', flavor: 'github', api: 'https://api.corp.ghe.com' },
  { text: 'codeberg.org', flavor: 'gitea', api: 'https://codeberg.org/api/v1' },
  { text: 'bitbucket.org', flavor: 'bitbucket-cloud', api: 'https://api.bitbucket.org/2.0' },
  {
    text: 'bitbucket.corp.example',
    flavor: 'bitbucket-server',
    api: 'https://bitbucket.corp.example/rest/api/1.0',
  },
  { text: 'dev.azure.com', flavor: 'azure', api: 'https://dev.azure.com' },
  { text: 'git.example=gitea', flavor: 'gitea', api: 'https://git.example/api/v1' },
  { text: 'git.example=bitbucket', flavor: 'bitbucket-server', api: 'https://git.example/rest/api/1.0' },
])('$text is a $flavor', ({ text, flavor, api }) => {
  expect(readGitHost(text)).toMatchObject({ flavor, urls: { api } });
});

test.each(['git.example', 'git.example=svn', 'gitlab', '', 'gitlab.com/group', 'gitlab.github.example'])(
  '"%s" is refused',
  (text) => {
    expect(() => readGitHost(text)).toThrow(expect.objectContaining({ code: 'main.bad-setting' }));
  },
);

test.each([
  { text: 'github.com', host: 'api.github.com', path: '/graphql', want: true },
  { text: 'github.com', host: 'github.com', path: '/example/gitops/pull/1', want: false },
  { text: 'github.corp.example', host: 'github.corp.example', path: '/api/graphql', want: true },
  { text: 'gitlab.com', host: 'gitlab.com', path: '/api/v4/users', want: true },
  { text: 'gitlab.com', host: 'gitlab.com', path: '/a/b/-/merge_requests/1', want: false },
  { text: 'dev.azure.com', host: 'dev.azure.com', path: '/o/p/_apis/git/repositories/b/refs', want: true },
])('a request to $host$path is one to an API: $want', ({ text, host, path, want }) => {
  expect(isApiRequest(readGitHost(text), host, path)).toBe(want);
});
