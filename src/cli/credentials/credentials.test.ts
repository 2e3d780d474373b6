import { expect, test } from 'vitest';
import { runCommandLine } from '../../../test/support/cli.ts';
import { createFakeCluster } from '../../../test/support/fake-cluster.ts';
import { configMaps, secrets } from '../../api/core/index.ts';
import { warehouses } from '../../api/v1alpha1/index.ts';

const watched = [{ type: secrets }, { type: configMaps }, { type: warehouses }];
const encode = (data: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );

function createWorld() {
  const cluster = createFakeCluster({ watched });
  const put = (
    namespace: string,
    name: string,
    type: string,
    data: Readonly<Record<string, string>>,
  ): void => {
    cluster.put(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace, labels: { 'kargo.akuity.io/cred-type': type } },
      data: encode({ password: 'TOPSECRET', username: 'HIDDEN', ...data }),
    });
  };
  put('demo', 'a-other', 'image', { repoURL: 'ghcr.io/example/other' });
  put('demo', 'b-regex', 'image', { repoURL: '^ghcr\\.io/exmaple/', repoURLIsRegex: 'true' });
  put('demo', 'c-broken', 'image', { repoURL: '(', repoURLIsRegex: 'true' });
  put('demo', 'd-git', 'git', { repoURL: '.*', repoURLIsRegex: 'true' });
  put('demo', 'e-right', 'image', { repoURL: 'GHCR.io/example/app' });
  put('demo', 'f-late', 'image', { repoURL: '^ghcr\\.io/', repoURLIsRegex: 'true' });
  put('shared', 'g-shared', 'image', { repoURL: 'ghcr.io/example/app' });
  cluster.put(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'registries', namespace: 'system', labels: { 'gantry.io/registries': 'true' } },
    data: {
      'registries.conf': 'registries:\n- name: gh\n  prefix: ghcr.io\n  credentials: env:GHCR\n  limit: 0\n',
    },
  });
  return { cluster, nowMs: 0 };
}

test('every candidate stands there with its reason, in the order in which they are tried', async () => {
  const { code, out } = await runCommandLine('credentials ghcr.io/example/app -n demo', createWorld());
  expect(code).toBe(0);
  expect(out).toBe(`image ghcr.io/example/app in Project demo
it is read with secret demo/e-right

  secret demo/a-other (project secret)
    does not match: its repoURL "ghcr.io/example/other" is not "ghcr.io/example/app"
  secret demo/b-regex (project secret)
    does not match: the expression "^ghcr\\.io/exmaple/" does not match "ghcr.io/example/app"
  secret demo/c-broken (project secret)
    does not match: its repoURL is not a valid regular expression: "("
  secret demo/d-git (project secret)
    does not match: its address matches, but it is labeled "git", not "image"
  secret demo/e-right (project secret)
    chosen: its repoURL is "GHCR.io/example/app"
  secret demo/f-late (project secret)
    matches, but an earlier one is used: the expression "^ghcr\\.io/" matches
  secret shared/g-shared (shared secret)
    matches, but an earlier one is used: its repoURL is "ghcr.io/example/app"
  registry "gh" (env:GHCR) (registry configuration)
    matches, but an earlier one is used: its prefix "ghcr.io" serves "ghcr.io/example/app"

Worth attention
  configmap system/registries: line 5: registries[0].limit: is 0: requests to this registry are not limited
`);
  expect(out).not.toMatch(/TOPSECRET|HIDDEN/);
});

test('what a Warehouse names for itself, and what it last used, are told', async () => {
  const world = createWorld();
  world.cluster.put(warehouses, {
    apiVersion: 'kargo.akuity.io/v1alpha1',
    kind: 'Warehouse',
    metadata: {
      name: 'main',
      namespace: 'demo',
      annotations: { 'gantry.io/credentials': 'ghcr.io/example/app: secret:other/x#y' },
    },
    spec: {
      interval: '5m0s',
      freightCreationPolicy: 'Automatic',
      subscriptions: [{ image: { repoURL: 'ghcr.io/example/app' } }],
    },
    status: {
      conditions: [
        {
          type: 'gantry.io/Credentials',
          status: 'False',
          reason: 'Unavailable',
          message: 'ghcr.io/example/app with secret:other/x#y: refused',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    },
  });
  const { out } = await runCommandLine('credentials ghcr.io/example/app -n demo', world);
  expect(out).toContain('secret:other/x#y (subscription)\n    cannot be used: secret:other/x#y is refused');
  expect(out).toContain('Warehouse main: ghcr.io/example/app with secret:other/x#y: refused');
});

test.each([
  { url: 'https://github.com/example/repo.git', want: 'git https://github.com/example/repo.git' },
  { url: 'git@github.com:example/repo', want: 'git git@github.com:example/repo' },
  { url: 'oci://ghcr.io/example/chart', want: 'helm oci://ghcr.io/example/chart' },
  { url: 'nginx', want: 'image nginx' },
  { url: 'https://charts.example/x --kind helm', want: 'helm https://charts.example/x' },
  { url: 'https://user:TOPSECRET@github.com/example/repo', want: 'git https://github.com/example/repo in' },
])('$url is taken for "$want"', async ({ url, want }) => {
  const { out } = await runCommandLine(`credentials ${url} -n demo`, createWorld());
  expect(out).toContain(want);
  expect(out).not.toContain('TOPSECRET');
});

test('a kind that is none is refused', async () => {
  const { code, notes } = await runCommandLine('credentials nginx -n demo --kind oci', createWorld());
  expect(code).not.toBe(0);
  expect(notes).toContain('git, image or helm');
});
