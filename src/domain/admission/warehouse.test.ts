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

const named = [{ name: 'web', image: { repoURL } }, { image: { repoURL: 'ghcr.io/example/api' } }];
const groups: { name: string; given: Record<string, string>; want: string | undefined; because: string }[] = [
  {
    name: 'a rule about two images',
    given: { 'gantry.io/group-by': 'revision', 'gantry.io/group-members': 'web, ghcr.io/example/api' },
    want: undefined,
    because: 'members go by their name or their repository',
  },
  {
    name: 'a rule that cannot be read',
    given: { 'gantry.io/group-by': 'digest' },
    want: 'metadata.annotations[gantry.io/group-by]: Invalid value: "digest": must be tag, revision or label:NAME',
    because: 'a rule that is not followed lets mixtures through',
  },
  {
    name: 'a member that is not subscribed to',
    given: { 'gantry.io/group-by': 'tag', 'gantry.io/group-members': 'web,wbe' },
    want: 'metadata.annotations[gantry.io/group-members]: Invalid value: "wbe": is no image subscription',
    because: 'it is a slip of the pen',
  },
];
test.each(groups)('images that belong together: $name', ({ given, want, because }) => {
  const object = warehouse({ metadata: { annotations: given }, spec: { subscriptions: named } });
  const answer = validateWarehouse(
    { operation: 'UPDATE', object, oldObject: object, requester, isDryRun: false, subresource: undefined },
    { namespace: undefined, cacheByTagPolicy: 'Allow' },
  );
  if (want === undefined) expect(answer, because).toMatchObject({ kind: 'allowed', warnings: [] });
  else
    expect(answer, because).toMatchObject({
      kind: 'denied',
      denial: { code: 422, message: expect.stringContaining(want) },
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
