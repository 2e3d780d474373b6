import { afterAll, expect, test } from 'vitest';
import { type ForgeHostServer, type ForgeHostSpec, startForgeHost } from '../support/forge-hosts.ts';
import { type ForgeTraits, testForges } from './forge.contract.ts';
import { forgeTraits } from './forge-traits.ts';

const github: ForgeHostSpec = {
  flavor: 'github',
  hosts: ['github.com', 'api.github.com'],
  home: 'https://github.com',
  name: 'Example/GitOps',
};

const rows: readonly (ForgeHostSpec & {
  readonly title: string;
  readonly traits: ForgeTraits;
  readonly page: string;
})[] = [
  {
    ...github,
    title: 'GitHub',
    traits: forgeTraits.github,
    page: 'https://github.com/Example/GitOps-N/pull/1',
  },
  {
    title: 'GitHub Enterprise',
    flavor: 'github',
    hosts: ['github.corp.example'],
    urls: { web: 'https://github.corp.example', api: 'https://github.corp.example/api/v3' },
    home: 'https://github.corp.example',
    name: 'Example/GitOps',
    traits: forgeTraits.github,
    page: 'https://github.corp.example/Example/GitOps-N/pull/1',
  },
  {
    title: 'GitLab',
    flavor: 'gitlab',
    hosts: ['gitlab.com'],
    home: 'https://gitlab.com',
    name: 'example/team/GitOps',
    page: 'https://gitlab.com/example/team/GitOps-N/-/merge_requests/1',
    traits: forgeTraits.gitlab,
  },
  {
    title: 'Gitea',
    flavor: 'gitea',
    hosts: ['gitea.example.com'],
    urls: { web: 'https://gitea.example.com', api: 'https://gitea.example.com/api/v1' },
    home: 'https://gitea.example.com',
    name: 'example/GitOps',
    page: 'https://gitea.example.com/example/GitOps-N/pulls/1',
    traits: forgeTraits.gitea,
  },
  {
    title: 'Bitbucket Cloud',
    flavor: 'bitbucket-cloud',
    hosts: ['bitbucket.org', 'api.bitbucket.org'],
    home: 'https://bitbucket.org',
    name: 'example/gitops',
    page: 'https://bitbucket.org/example/gitops-N/pull-requests/1',
    traits: forgeTraits.bitbucketCloud,
  },
  {
    title: 'Bitbucket Data Center',
    flavor: 'bitbucket-server',
    hosts: ['bitbucket.corp.example'],
    urls: { web: 'https://bitbucket.corp.example', api: 'https://bitbucket.corp.example/rest/api/1.0' },
    home: 'https://bitbucket.corp.example',
    name: 'scm/ops/gitops',
    page: 'https://bitbucket.corp.example/projects/ops/repos/gitops-N/pull-requests/1',
    traits: forgeTraits.bitbucketServer,
  },
  {
    title: 'Azure DevOps',
    flavor: 'azure',
    hosts: ['dev.azure.com'],
    home: 'https://dev.azure.com',
    name: 'example/My Project/_git/GitOps',
    page: 'https://dev.azure.com/example/My%20Project/_git/GitOps-N/pullrequest/1',
    traits: forgeTraits.azure,
  },
];

const opened = new Map<ForgeHostSpec, Promise<ForgeHostServer>>();
const hostOf = (spec: ForgeHostSpec): Promise<ForgeHostServer> => {
  const host = opened.get(spec) ?? startForgeHost(spec);
  opened.set(spec, host);
  return host;
};
afterAll(async () => {
  for (const host of opened.values()) await (await host)[Symbol.asyncDispose]();
});

for (const row of rows) {
  testForges(`${row.title}, embedded`, row.traits, async () => (await hostOf(row)).createFixture());
}

test.each(rows)('$title: the page of a pull request answers at its address', async (row) => {
  const host = await hostOf(row);
  const fixture = await host.createFixture();
  const signal = new AbortController().signal;
  await fixture.makeBranch('a', 'a.txt');
  const draft = { headBranch: 'a', baseBranch: 'main', title: 'Add a', body: 'words', labels: [] };
  const pull = await fixture.forges.openPullRequest(fixture.repo, draft, signal);
  expect(pull.url.replace(/-\d+(?=\/)/, '-N')).toBe(row.page);
  const page = await host.http.request({ method: 'GET', url: pull.url }, signal);
  const text = Buffer.from(page.body).toString();
  expect(text).toContain('Add a (#1)\nopen: a into main, opened by gantry-bot');
});
