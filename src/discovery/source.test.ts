import { expect, test } from 'vitest';
import { remoteKey } from './source.ts';

const same = [
  ['https://git.example/team/app', 'https://git.example/team/app.git'],
  ['https://git.example/team/app', 'HTTPS://Git.Example/team/app.git/'],
  ['https://git.example/team/app', 'https://user:secret@git.example/team/app'],
  ['git@git.example:team/app.git', 'ssh://git@git.example/team/app'],
] as const;
test.each(same)('%s and %s are looked at together', (one, other) => {
  expect(remoteKey({ url: one })).toBe(remoteKey({ url: other }));
  expect(remoteKey({ url: other })).not.toContain('secret');
});

const apart = [
  ['https://git.example/team/app', 'https://git.example/team/App'],
  ['git@git.example:team/app', 'git@git.example:Team/app'],
  ['https://git.example:8443/team/app', 'https://git.example/team/app'],
] as const;
test.each(apart)('%s and %s may be two repositories', (one, other) => {
  expect(remoteKey({ url: one })).not.toBe(remoteKey({ url: other }));
});
