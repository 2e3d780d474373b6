import { expect, test } from 'vitest';
import { type ForgeHostSpec, startForgeHost } from '../support/forge-hosts.ts';
import { type ForgeTraits, testForges } from './forge.contract.ts';

const github: ForgeHostSpec = {
  flavor: 'github',
  hosts: ['github.com', 'api.github.com'],
  url: 'https://github.com/Example/GitOps.git',
  name: 'Example/GitOps',
  missing: 'https://github.com/Example/nothing.git',
};
const githubTraits: ForgeTraits = {
  hasLabels: true,
  hasAssignees: true,
  duplicates: 'rejected',
  conflict: 'refused',
  blocked: 'not-ready',
  methods: [
    { method: 'merge', parents: 2 },
    { method: 'squash', parents: 1 },
    { method: 'rebase', parents: 1 },
  ],
};

const rows: readonly (ForgeHostSpec & {
  readonly title: string;
  readonly traits: ForgeTraits;
  readonly page: string;
})[] = [
  { ...github, title: 'GitHub', traits: githubTraits, page: 'https://github.com/Example/GitOps/pull/1' },
  {
    title: 'GitHub Enterprise',
    flavor: 'github',
    hosts: ['github.corp.example'],
    urls: { web: 'https://github.corp.example', api: 'https://github.corp.example/api/v3' },
    url: 'https://github.corp.example/Example/GitOps.git',
    name: 'Example/GitOps',
    missing: 'https://github.corp.example/Example/nothing.git',
    traits: githubTraits,
    page: 'https://github.corp.example/Example/GitOps/pull/1',
  },
  {
    title: 'GitLab',
    flavor: 'gitlab',
    hosts: ['gitlab.com'],
    url: 'https://gitlab.com/example/team/GitOps.git',
    name: 'example/team/GitOps',
    missing: 'https://gitlab.com/example/team/nothing.git',
    page: 'https://gitlab.com/example/team/GitOps/-/merge_requests/1',
    traits: {
      hasLabels: true,
      hasAssignees: true,
      duplicates: 'rejected',
      conflict: 'not-ready',
      blocked: 'not-ready',
      methods: [
        { method: 'merge', parents: 2 },
        { method: 'squash', parents: 1 },
      ],
    },
  },
  {
    title: 'Gitea',
    flavor: 'gitea',
    hosts: ['gitea.example.com'],
    urls: { web: 'https://gitea.example.com', api: 'https://gitea.example.com/api/v1' },
    url: 'https://gitea.example.com/example/GitOps.git',
    name: 'example/GitOps',
    missing: 'https://gitea.example.com/example/nothing.git',
    page: 'https://gitea.example.com/example/GitOps/pulls/1',
    traits: {
      hasLabels: true,
      hasAssignees: true,
      duplicates: 'rejected',
      conflict: 'not-ready',
      blocked: 'not-ready',
      fastForward: 'fast-forward-only',
      methods: [
        { method: 'merge', parents: 2 },
        { method: 'rebase', parents: 1 },
        { method: 'rebase-merge', parents: 2 },
        { method: 'squash', parents: 1 },
        { method: 'fast-forward-only', parents: 1 },
      ],
    },
  },
  {
    title: 'Bitbucket Cloud',
    flavor: 'bitbucket-cloud',
    hosts: ['bitbucket.org', 'api.bitbucket.org'],
    url: 'https://bitbucket.org/example/gitops.git',
    name: 'example/gitops',
    missing: 'https://bitbucket.org/example/nothing.git',
    page: 'https://bitbucket.org/example/gitops/pull-requests/1',
    traits: {
      hasLabels: false,
      hasAssignees: false,
      duplicates: 'adopted',
      conflict: 'refused',
      blocked: 'refused',
      fastForward: 'fast_forward',
      methods: [
        { method: 'merge_commit', parents: 2 },
        { method: 'squash', parents: 1 },
        { method: 'fast_forward', parents: 1 },
      ],
    },
  },
  {
    title: 'Bitbucket Data Center',
    flavor: 'bitbucket-server',
    hosts: ['bitbucket.corp.example'],
    urls: { web: 'https://bitbucket.corp.example', api: 'https://bitbucket.corp.example/rest/api/1.0' },
    url: 'https://bitbucket.corp.example/scm/ops/gitops.git',
    name: 'scm/ops/gitops',
    missing: 'https://bitbucket.corp.example/scm/ops/nothing.git',
    page: 'https://bitbucket.corp.example/projects/ops/repos/gitops/pull-requests/1',
    traits: {
      hasLabels: false,
      hasAssignees: false,
      duplicates: 'rejected',
      conflict: 'refused',
      blocked: 'not-ready',
      fastForward: 'ff-only',
      methods: [
        { method: 'no-ff', parents: 2 },
        { method: 'ff-only', parents: 1 },
        { method: 'rebase-no-ff', parents: 2 },
        { method: 'rebase-ff-only', parents: 1 },
        { method: 'squash', parents: 1 },
      ],
    },
  },
  {
    title: 'Azure DevOps',
    flavor: 'azure',
    hosts: ['dev.azure.com'],
    url: 'https://dev.azure.com/example/My%20Project/_git/GitOps',
    name: 'example/My Project/_git/GitOps',
    missing: 'https://dev.azure.com/example/My%20Project/_git/nothing',
    page: 'https://dev.azure.com/example/My%20Project/_git/GitOps/pullrequest/1',
    traits: {
      hasLabels: true,
      hasAssignees: false,
      duplicates: 'rejected',
      conflict: 'not-ready',
      blocked: 'not-ready',
      methods: [
        { method: 'noFastForward', parents: 2 },
        { method: 'squash', parents: 1 },
        { method: 'rebase', parents: 1 },
        { method: 'rebaseMerge', parents: 2 },
      ],
    },
  },
];

for (const row of rows) testForges(`${row.title}, embedded`, row.traits, () => startForgeHost(row));

test.each(rows)('$title: the page of a pull request answers at its address', async (row) => {
  await using fixture = await startForgeHost(row);
  const signal = new AbortController().signal;
  await fixture.makeBranch('a', 'a.txt');
  const draft = { headBranch: 'a', baseBranch: 'main', title: 'Add a', body: 'words', labels: [] };
  const pull = await fixture.forges.openPullRequest(fixture.repo, draft, signal);
  expect(pull.url).toBe(row.page);
  const page = await fixture.http.request({ method: 'GET', url: pull.url }, signal);
  const text = Buffer.from(page.body).toString();
  expect(text).toContain('Add a (#1)\nopen: a into main, opened by gantry-bot');
});
