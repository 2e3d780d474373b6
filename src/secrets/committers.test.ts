import { expect, test } from 'vitest';
import { createFakeCluster } from '../../test/support/fake-cluster.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { secrets } from '../api/core/index.ts';
import { type ClusterConfig, clusterConfigs } from '../api/v1alpha1/index.ts';
import { createCommitters } from './index.ts';

const { signal } = new AbortController();
const fallback = { name: 'Operator', email: 'operator@example.com', signingKey: { privateKey: 'of a file' } };
const systemNamespace = 'kargo-system-resources';
const gitClient = { name: 'Cluster', email: 'cluster@example.com' };

async function arrange(
  spec: ClusterConfig['spec'] | undefined,
  data: Readonly<Record<string, string>> | undefined,
) {
  const clock = createManualClock();
  const cluster = createFakeCluster({ clock });
  if (spec !== undefined) {
    const metadata = { name: 'cluster' };
    const object = { apiVersion: 'kargo.akuity.io/v1alpha1', kind: 'ClusterConfig', metadata, spec };
    await cluster.writer.create(clusterConfigs, object, signal);
  }
  if (data !== undefined) {
    const metadata = { namespace: systemNamespace, name: 'signing' };
    const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    const object = { apiVersion: 'v1', kind: 'Secret', metadata, data: Object.fromEntries(encoded) };
    await cluster.writer.create(secrets, object, signal);
  }
  return { clock, cluster, reader: cluster.reader };
}

const signs = { gitClient: { ...gitClient, signingKeySecret: { name: 'signing' } } };

interface Row {
  readonly name: string;
  readonly spec: ClusterConfig['spec'] | undefined;
  readonly data: Readonly<Record<string, string>> | undefined;
  readonly want: object;
  readonly because?: string;
}

test.each([
  { name: 'no ClusterConfig', spec: undefined, data: undefined, want: fallback },
  { name: 'a ClusterConfig that does not say', spec: {}, data: undefined, want: fallback },
  {
    name: 'a ClusterConfig without a key',
    spec: { gitClient },
    data: undefined,
    want: gitClient,
    because: 'the key of the settings belongs to another name',
  },
  {
    name: 'a key',
    spec: signs,
    data: { signingKey: 'k' },
    want: { ...gitClient, signingKey: { privateKey: 'k' } },
  },
  {
    name: 'a protected key',
    spec: signs,
    data: { signingKey: 'k', passphrase: 'p' },
    want: { ...gitClient, signingKey: { privateKey: 'k', passphrase: 'p' } },
  },
] as readonly Row[])('who commits with $name', async ({ spec, data, want }) => {
  const deps = await arrange(spec, data);
  expect(await createCommitters(deps, { fallback, systemNamespace }).find(signal)).toEqual(want);
});

interface Told {
  readonly name: string;
  readonly data: Readonly<Record<string, string>> | undefined;
  readonly options: { readonly systemNamespace?: string };
  readonly want: RegExp;
}

test.each([
  { name: 'no Secret', data: undefined, options: { systemNamespace }, want: /does not exist/ },
  {
    name: 'a Secret without the key',
    data: { other: 'x' },
    options: { systemNamespace },
    want: /has no key/,
  },
  { name: 'no namespace', data: { signingKey: 'k' }, options: {}, want: /cannot be looked for/ },
] as readonly Told[])('$name is told', async ({ data, options, want }) => {
  const deps = await arrange(signs, data);
  await expect(createCommitters(deps, { fallback, ...options }).find(signal)).rejects.toMatchObject({
    code: 'credentials.no-signing-key',
    message: expect.stringMatching(want),
  });
});

test('what was read is used again for a moment, and then read anew', async () => {
  const deps = await arrange({ gitClient }, undefined);
  let reads = 0;
  const getLive: typeof deps.reader.getLive = (...args) => {
    reads++;
    return deps.reader.getLive(...args);
  };
  const committers = createCommitters(
    { clock: deps.clock, reader: { ...deps.reader, getLive } },
    { fallback },
  );
  await Promise.all([committers.find(signal), committers.find(signal)]);
  expect(reads).toBe(1);
  await deps.clock.advance(10_000);
  await committers.find(signal);
  expect(reads).toBe(2);
});

test('one caller’s abort is not another one’s answer', async () => {
  const deps = await arrange({ gitClient }, undefined);
  const getLive: typeof deps.reader.getLive = async (type, key, stop) => {
    stop.throwIfAborted();
    return deps.reader.getLive(type, key, stop);
  };
  const committers = createCommitters(
    { clock: deps.clock, reader: { ...deps.reader, getLive } },
    { fallback },
  );
  const given = committers.find(AbortSignal.abort());
  const wanted = committers.find(signal);
  await expect(given).rejects.toThrow();
  expect(await wanted).toEqual(gitClient);
});
