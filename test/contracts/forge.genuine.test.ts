import { describe, test, vi } from 'vitest';
import { createGiteaFixture } from '../support/gitea.ts';
import { testForges } from './forge.contract.ts';
import { forgeTraits } from './forge-traits.ts';

/** On a machine that others keep busy, Gitea takes seconds for what it does in milliseconds. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const url = process.env['GANTRY_GITEA_URL'];

if (url === undefined) {
  describe('forges: Gitea, genuine', () => {
    test.skip('GANTRY_GITEA_URL names no server; GANTRY_GITEA_ADMIN (name:password) goes with it', () => {});
  });
} else {
  const [username = '', password = ''] = (process.env['GANTRY_GITEA_ADMIN'] ?? '').split(':');
  const traits = { ...forgeTraits.gitea, isUnlimited: true };
  testForges('Gitea, genuine', traits, () => createGiteaFixture({ url, username, password }));
}
