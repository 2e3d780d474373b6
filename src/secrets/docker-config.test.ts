import { describe, expect, test } from 'vitest';
import { findDockerAuth, parseDockerConfig } from './docker-config.ts';
import { matchRegistryKey } from './registry-key.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const auth = (user: string) => ({ auth: base64(`${user}:pass`) });

describe('keys', () => {
  test.each([
    { key: 'ghcr.io', place: 'ghcr.io/a/b', want: true, because: 'the host' },
    { key: 'https://ghcr.io', place: 'ghcr.io/a/b', want: true, because: 'a scheme says nothing' },
    { key: 'https://ghcr.io/v2/', place: 'ghcr.io/a/b', want: true, because: 'a version says nothing' },
    { key: 'GHCR.io', place: 'ghcr.io/a/b', want: true, because: 'hosts have no case' },
    { key: 'ghcr.io/a', place: 'ghcr.io/a/b', want: true, because: 'a path' },
    { key: 'ghcr.io/a', place: 'ghcr.io/a', want: true, because: 'the same path' },
    { key: 'ghcr.io/a', place: 'ghcr.io/ab/c', want: false, because: 'no boundary in the path' },
    { key: 'ghcr.io', place: 'ghcr.io.evil.example/a', want: false, because: 'no boundary in the host' },
    { key: 'ghcr.io.evil.example', place: 'ghcr.io/a', want: false, because: 'no boundary in the host' },
    { key: 'https://index.docker.io/v1/', place: 'docker.io/library/nginx', want: true, because: 'an alias' },
    { key: 'registry-1.docker.io', place: 'docker.io/library/nginx', want: true, because: 'an alias' },
    { key: 'docker.io', place: 'docker.io/library/nginx', want: true, because: 'the name' },
    { key: 'host:5000', place: 'host:5000/a', want: true, because: 'the port' },
    { key: 'host', place: 'host:5000/a', want: false, because: 'another port' },
    { key: 'host:5000', place: 'host/a', want: false, because: 'another port' },
    { key: '*.azurecr.io', place: 'team.azurecr.io/a', want: true, because: 'a pattern for one label' },
    { key: '*.azurecr.io', place: 'a.b.azurecr.io/a', want: false, because: 'a label more' },
    {
      key: '*.dkr.ecr.*.amazonaws.com',
      place: '1.dkr.ecr.eu-west-1.amazonaws.com/a',
      want: true,
      because: 'two',
    },
    { key: 'a*c*e.io', place: 'abcde.io/x', want: true, because: 'several within a label' },
    { key: 'a*bc*c.io', place: 'abc.io/x', want: false, because: 'parts must not overlap' },
    { key: '', place: 'ghcr.io/a', want: false, because: 'empty' },
  ])('"$key" and "$place": $because', ({ key, place, want }) => {
    expect(matchRegistryKey(key, place) !== undefined).toBe(want);
  });
});

describe('entries', () => {
  test('the longest path wins, then the exact host, whatever the order', () => {
    const entries = {
      '*.io/a/b': auth('pattern'),
      'ghcr.io': auth('host'),
      'ghcr.io/a/b': auth('path'),
      'ghcr.io/a': auth('short'),
    };
    const keys = Object.keys(entries) as (keyof typeof entries)[];
    for (const order of [keys, [...keys].reverse()]) {
      const auths = Object.fromEntries(order.map((key) => [key, entries[key]]));
      expect(findDockerAuth({ auths }, ['ghcr.io/a/b/c'])).toMatchObject({ auth: { username: 'path' } });
    }
    const { 'ghcr.io/a/b': _, ...others } = entries;
    expect(findDockerAuth({ auths: others }, ['ghcr.io/a/b/c'])).toMatchObject({ key: '*.io/a/b' });
  });

  test.each([
    { name: 'auth', entry: { auth: base64('u:p:q') }, want: { username: 'u', password: 'p:q' } },
    { name: 'padded by docker', entry: { auth: base64('u:p\0\0') }, want: { username: 'u', password: 'p' } },
    { name: 'fields', entry: { username: 'u', password: 'p' }, want: { username: 'u', password: 'p' } },
    {
      name: 'an identity token',
      entry: { auth: base64('x:y'), identitytoken: 't' },
      want: { identityToken: 't' },
    },
  ])('$name can be used', ({ entry, want }) => {
    expect(findDockerAuth({ auths: { 'ghcr.io': entry } }, ['ghcr.io/a'])).toMatchObject({ auth: want });
  });

  test.each([
    { name: 'not an object', entry: 'text' },
    { name: 'nothing', entry: {} },
    { name: 'auth of another type', entry: { auth: 5 } },
    { name: 'bad base64', entry: { auth: '%%%' } },
    { name: 'no colon', entry: { auth: base64('SECRET') } },
    { name: 'an empty user', entry: { auth: base64(':SECRET') } },
    { name: 'an empty password', entry: { auth: base64('SECRET:') } },
    { name: 'a registry token only', entry: { registrytoken: 'SECRET' } },
  ])('an entry with $name is a problem, told without its content', ({ entry }) => {
    const found = findDockerAuth({ auths: { 'ghcr.io': entry } }, ['ghcr.io/a']);
    expect(found.kind).toBe('problem');
    expect(JSON.stringify(found)).not.toMatch(/SECRET|U0VDUkVU/);
  });

  test.each(['', 'no json SECRET', '[]', '{}', '{"auths":[]}', '{"auths":{},"credHelpers":5}'])(
    '%s is none',
    (text) => {
      const parsed = parseDockerConfig(text, 'config');
      expect(typeof parsed).toBe('string');
      expect(parsed).not.toMatch(/SECRET/);
    },
  );
});
