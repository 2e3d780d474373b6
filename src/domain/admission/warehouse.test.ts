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
  const answer = validateWarehouse(request, { namespace: undefined, cacheByTagPolicy: 'Allow' });
  expect(answer).toMatchObject({
    kind: 'allowed',
    warnings: ['spec.subscriptions[0]: semverConstraint is read as constraint'],
  });
});

test('where the operator requires cacheByTag, a subscription must say so', () => {
  const validate = (image: object) => {
    const object = warehouse({ spec: { subscriptions: [{ image: { repoURL, ...image } }] } });
    const request = { operation: 'UPDATE' as const, object, oldObject: object, requester, isDryRun: false };
    const facts = { namespace: undefined, cacheByTagPolicy: 'Require' as const };
    return validateWarehouse({ ...request, subresource: undefined }, facts);
  };
  expect(validate({})).toMatchObject({
    kind: 'denied',
    denial: { causes: [{ field: 'spec.subscriptions[0].image.cacheByTag' }] },
  });
  expect(validate({ cacheByTag: true })).toMatchObject({ kind: 'allowed' });
  const digest = { imageSelectionStrategy: 'Digest', constraint: 'main' };
  expect(validate(digest), 'it is never cached').toMatchObject({ kind: 'allowed' });
});
