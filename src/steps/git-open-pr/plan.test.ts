import { expect, test } from 'vitest';
import { describePullRequest } from './plan.ts';

const run = { uiBaseUrl: undefined, project: 'demo', stage: 'prod' };
const message = 'Update app\n\nto 1.2.3\n';

test.each([
  { name: 'nothing', config: {}, want: { title: 'Update app', body: '\nto 1.2.3\n' } },
  { name: 'a title', config: { title: 'T' }, want: { title: 'T', body: message } },
  { name: 'a description', config: { description: 'D' }, want: { title: 'Update app', body: 'D' } },
  { name: 'both', config: { title: 'T', description: 'D' }, want: { title: 'T', body: 'D' } },
])('configured: $name', ({ config, want }) => {
  expect(describePullRequest(config, message, run)).toEqual(want);
});

test('a message of one line gives an empty body', () => {
  expect(describePullRequest({}, 'Update app', run)).toEqual({ title: 'Update app', body: '' });
});

test.each(['https://gantry.example', 'https://gantry.example/'])(
  'links to the interface at %s',
  (uiBaseUrl) => {
    const { body } = describePullRequest({ description: 'D' }, message, { ...run, uiBaseUrl });
    expect(body).toBe('D\n\n[View in Gantry](https://gantry.example/project/demo/stage/prod)');
  },
);
