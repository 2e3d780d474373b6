import { describe, test } from 'vitest';
import { createGiteaFixture } from '../support/gitea.ts';
import { testForges } from './forge.contract.ts';

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
