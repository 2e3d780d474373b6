import { expect, test } from 'vitest';
import { warehouse } from '../../../test/support/warehouse-data.ts';
import { validateWarehouse } from './warehouse.ts';

const repoURL = 'ghcr.io/example/app';
const requester = { username: 'ann', groups: [], isControlPlane: false };

test('a spelling of former times is admitted as it was meant, with a warning', () => {
  const image = { repoURL, imageSelectionStrategy: 'Digest', semverConstraint: 'main' };
  const object = warehouse({ spec: { subscriptions: [{ image }] } });
  const request = {
    operation: 'UPDATE' as const,
    object,
    oldObject: object,
    requester,
    isDryRun: false,
    subresource: undefined,
  };
  const answer = validateWarehouse(request, { namespace: undefined });
  expect(answer).toMatchObject({
    kind: 'allowed',
    warnings: ['spec.subscriptions[0]: semverConstraint is read as constraint'],
  });
});
