import { expect, test } from 'vitest';
import type { Clock, GitRemote } from '../ports/index.ts';
import { Access } from './access.ts';

const remote: GitRemote = { url: 'https://git.example/team/app', credential: { identity: 'secret a/git' } };
const others: readonly { readonly name: string; readonly remote: GitRemote }[] = [
  { name: 'another identity', remote: { ...remote, credential: { identity: 'secret b/git' } } },
  { name: 'nobody', remote: { url: remote.url } },
  {
    name: 'the identity with a changed credential',
    remote: { ...remote, credential: { identity: 'secret a/git', revision: '2' } },
  },
  { name: 'another repository', remote: { ...remote, url: 'https://git.example/team/other' } },
];

function createAccess() {
  const time = { nowMs: 0 };
  const clock: Clock = { nowMs: () => time.nowMs, schedule: () => () => undefined };
  return { access: new Access(clock, 1000), time };
}

test.each(others)('what an identity has seen is not proven to $name', ({ remote: other }) => {
  const { access } = createAccess();
  access.prove(remote, 'head');
  access.proveBelow(remote, 'head', ['below']);
  for (const commit of ['head', 'below']) {
    expect(access.isProven(remote, commit)).toBe(true);
    expect(access.isProven(other, commit)).toBe(false);
  }
});

test('a proof ends, and what is below the commit ends with it', () => {
  const { access, time } = createAccess();
  access.proveBelow(remote, 'head', ['below']);
  expect(access.isProven(remote, 'below'), 'below what was not shown').toBe(false);
  access.prove(remote, 'head');
  time.nowMs = 600;
  access.prove(remote, 'later');
  access.proveBelow(remote, 'head', ['below', 'later']);
  time.nowMs = 1000;
  expect(['head', 'below', 'later'].map((commit) => access.isProven(remote, commit))).toEqual([
    false,
    false,
    true,
  ]);
});
