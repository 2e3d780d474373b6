import { describe, expect, test } from 'vitest';
import { describeCredentials, readCredentialSources, type UsedCredential } from './index.ts';

const used = (given: Partial<UsedCredential>): UsedCredential => ({
  repoURL: 'ghcr.io/example/app',
  identity: 'secret demo/ghcr',
  outcome: 'found',
  warnings: [],
  ...given,
});

describe('the condition', () => {
  test.each([
    { name: 'no credential', given: [used({ identity: undefined })], want: undefined },
    { name: 'nothing at all', given: [], want: undefined },
    {
      name: 'found',
      given: [
        used({ via: 'role x' }),
        used({ repoURL: 'https://u:SECRET@git.example/r?t=SECRET', identity: undefined }),
      ],
      want: {
        status: 'True',
        reason: 'Found',
        message:
          'ghcr.io/example/app with secret demo/ghcr by role x; https://git.example/r with no credential',
      },
    },
    {
      name: 'one that ends soon',
      given: [used({}), used({ repoURL: 'quay.io/a/b', warnings: ['it ends at 2026-01-08T00:00Z'] })],
      want: {
        status: 'False',
        reason: 'NeedsAttention',
        message: 'quay.io/a/b with secret demo/ghcr: it ends at 2026-01-08T00:00Z',
      },
    },
    {
      name: 'refused by the host',
      given: [used({ outcome: 'refused' })],
      want: { status: 'False', reason: 'Refused', message: 'ghcr.io/example/app with secret demo/ghcr' },
    },
    {
      name: 'not to be had',
      given: [used({ outcome: 'failed', warnings: ['no token'] }), used({ outcome: 'refused' })],
      want: {
        status: 'False',
        reason: 'Unavailable',
        message: 'ghcr.io/example/app with secret demo/ghcr: no token',
      },
    },
  ])('$name', ({ given, want }) => {
    const verdict = describeCredentials(given);
    expect(verdict).toEqual(want === undefined ? undefined : { type: 'gantry.io/Credentials', ...want });
  });

  test('it names ten at most', () => {
    const message = describeCredentials(Array(15).fill(used({})))?.message ?? '';
    expect(message).toMatch(/; and 5 more$/);
  });
});

describe('the annotation', () => {
  test.each([
    { text: undefined, want: {} },
    { text: ' \n', want: {} },
    {
      text: 'ghcr.io/a/b: pullsecret:demo/x\nquay.io/c/d: secret:demo/y#z\n',
      want: { 'ghcr.io/a/b': 'pullsecret:demo/x', 'quay.io/c/d': 'secret:demo/y#z' },
    },
    {
      text: '{"https://git.example/r": "secret:demo/y#z"}',
      want: { 'https://git.example/r': 'secret:demo/y#z' },
    },
    { text: 'just a text', want: undefined },
    { text: '[a]', want: undefined },
    { text: 'a: 5', want: undefined },
    { text: 'a: [', want: undefined },
  ])('$text', ({ text, want }) => {
    const read = readCredentialSources(text);
    expect(read.ok ? Object.fromEntries(read.sources) : undefined).toEqual(want);
  });
});
