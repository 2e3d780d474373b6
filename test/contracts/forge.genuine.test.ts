import { describe, test, vi } from 'vitest';
import { createGiteaFixture } from '../support/gitea.ts';
import { testForges } from './forge.contract.ts';

/** On a machine that others keep busy, Gitea takes seconds for what it does in milliseconds. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const url = process.env['GANTRY_GITEA_URL'];

if (url === undefined) {
  describe('forges: Gitea, genuine', () => {
    test.skip('GANTRY_GITEA_URL names no server; GANTRY_GITEA_ADMIN (name:password) goes with it', () => {});
  });
} else {
  const [username = '', password = ''] = (process.env['GANTRY_GITEA_ADMIN'] ?? '').split(':');
  const traits = {
    hasLabels: true,
    hasAssignees: true,
    hasAutoMerge: true,
    isFurnishedLater: ['reviewers'],
    readersPropose: true,
    isUnlimited: true,
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
  } as const;
  testForges('Gitea, genuine', traits, () => createGiteaFixture({ url, username, password }));
}
