import { expect, test } from 'vitest';
import { warehouse } from '../../../test/support/warehouse-data.ts';
import type { CredentialRequest, CredentialUse } from '../../ports/index.ts';
import { listUses, readSources } from './credentials.ts';

const annotated = (text: string) => {
  const object = warehouse({
    spec: {
      subscriptions: [
        { image: { repoURL: 'ghcr.io/example/app' } },
        { git: { repoURL: 'https://git.example/repo' } },
        { chart: { repoURL: 'oci://ghcr.io/example/chart' } },
      ],
    },
  });
  return { ...object, metadata: { ...object.metadata, annotations: { 'gantry.io/credentials': text } } };
};

test('each subscription is asked for as the look asked, with the source that the Warehouse names', () => {
  const asked: CredentialRequest[] = [];
  const use: CredentialUse = { identity: 'me', outcome: 'found', atMs: 0, warnings: [] };
  const desk = {
    lastUse(request: CredentialRequest) {
      asked.push(request);
      return request.kind === 'git' ? undefined : use;
    },
  };
  const uses = listUses(desk, annotated('ghcr.io/example/app: pullsecret:demo/x'));
  expect(uses.map(({ repoURL }) => repoURL)).toEqual(['ghcr.io/example/app', 'oci://ghcr.io/example/chart']);
  expect(asked.map(({ kind, source }) => [kind, source])).toEqual([
    ['image', 'pullsecret:demo/x'],
    ['git', undefined],
    ['helm', undefined],
  ]);
});

test('an annotation that cannot be read stops the look and names itself', () => {
  expect(() => readSources(annotated('[a]'))).toThrow(/gantry.io\/credentials cannot be read/);
});
