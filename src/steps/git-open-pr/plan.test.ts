import { describe, expect, test } from 'vitest';
import { describePullRequest, isSuperseded } from './plan.ts';

const run = { uiBaseUrl: undefined, project: 'demo', stage: 'prod', promotion: 'prod.01.abc' };
const branches = { sourceBranch: 'feature', targetBranch: 'main' };
const message = 'Update app\n\nto 1.2.3\n';

test.each<{ readonly name: string; readonly config: object; readonly want: object }>([
  { name: 'nothing', config: {}, want: { title: 'Update app', body: '\nto 1.2.3\n' } },
  { name: 'a title', config: { title: 'T' }, want: { title: 'T', body: message } },
  { name: 'a description', config: { description: 'D' }, want: { title: 'Update app', body: 'D' } },
  { name: 'both', config: { title: 'T', description: 'D' }, want: { title: 'T', body: 'D' } },
])('configured: $name', ({ config, want }) => {
  expect(describePullRequest({ ...branches, ...config }, message, run)).toEqual(want);
});

test('a message of one line gives an empty body', () => {
  expect(describePullRequest(branches, 'Update app', run)).toEqual({ title: 'Update app', body: '' });
});

test.each([
  {
    name: 'blank lines before its subject',
    given: '\n \n  Update app\n\nwhy\n',
    title: 'Update app',
    body: '\nwhy\n',
  },
  { name: 'line ends of DOS', given: 'Update app\r\n\r\nwhy\r\n', title: 'Update app', body: '\r\nwhy\r\n' },
])('a message with $name has a title', ({ given, title, body }) => {
  expect(describePullRequest(branches, given, run)).toEqual({ title, body });
});

test.each(['https://gantry.example', 'https://gantry.example/'])(
  'links to the interface at %s',
  (uiBaseUrl) => {
    const config = { ...branches, description: 'D' };
    const { body } = describePullRequest(config, message, { ...run, uiBaseUrl });
    expect(body).toBe('D\n\n[View in Gantry](https://gantry.example/project/demo/stage/prod)');
  },
);

describe('a template', () => {
  test.each([
    {
      name: 'gets every value',
      template:
        '{{title}}|{{ description }}|{{project}}/{{stage}}/{{promotion}}|{{sourceBranch}}>{{targetBranch}}',
      want: 'Update app|to 1.2.3|demo/prod/prod.01.abc|feature>main',
    },
    {
      name: 'without a place for it stands below the description',
      template: '- [ ] ok',
      want: 'to 1.2.3\n\n- [ ] ok',
    },
    {
      name: 'keeps what it does not know',
      template: '{{ description }} {{ toString }} {{ x',
      want: 'to 1.2.3 {{ toString }} {{ x',
    },
  ])('$name', ({ template, want }) => {
    expect(describePullRequest(branches, message, run, template).body).toBe(want);
  });

  test('does not look for placeholders in what it was filled with', () => {
    const config = { ...branches, title: '{{ stage }} $& $1', description: 'D' };
    const { body } = describePullRequest(config, message, run, '{{ title }} {{ description }}');
    expect(body).toBe('{{ stage }} $& $1 D');
  });
});

const [first, second] = ['01kar4v3m3z6c3j0h6a1n2b3c4', '01kar4v3m3z6c3j0h6a1n2b3c5'];
const newer = { project: 'demo', promotion: `prod.${second}.1111111` };
test.each([
  { name: 'an older one of the Stage', header: `demo/prod.${first}.2222222/commit`, want: true },
  {
    name: 'an older one with a step of a task',
    header: `demo/prod.${first}.2222222/task::commit`,
    want: true,
  },
  { name: 'itself', header: `demo/${newer.promotion}/commit`, want: false },
  { name: 'a newer one', header: `demo/prod.${second.replace('5', '6')}6.2222222/commit`, want: false },
  { name: 'one of another Stage', header: `demo/test.${first}.2222222/commit`, want: false },
  {
    name: 'one of a Stage whose name begins so',
    header: `demo/prod.eu.${first}.2222222/commit`,
    want: false,
  },
  { name: 'one of another Project', header: `other/prod.${first}.2222222/commit`, want: false },
  { name: 'one with a name of its own', header: 'demo/prod-by-hand/commit', want: false },
  { name: 'nobody', header: undefined, want: false },
])('what $name has made is superseded: $want', ({ header, want }) => {
  expect(isSuperseded(header, newer)).toBe(want);
});

test('a Promotion with a name of its own supersedes nothing', () => {
  const header = `demo/prod.${first}.2222222/commit`;
  expect(isSuperseded(header, { project: 'demo', promotion: 'prod-by-hand' })).toBe(false);
});
