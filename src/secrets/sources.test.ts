import { describe, expect, test } from 'vitest';
import { createTestCredentials } from '../../test/support/credentials.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import type { ConfigMap, Secret, ServiceAccount } from '../api/core/index.ts';
import type { KubeObject } from '../api/meta/index.ts';
import type { ProgramResult } from '../ports/index.ts';
import type { CredentialsOptions } from './index.ts';

const { signal } = new AbortController();
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const image = { project: 'demo', kind: 'image' as const, repoURL: 'ghcr.io/team/app' };

/** A cluster, files, variables and programs, all in memory and open to change. */
function world(conf: string, options: CredentialsOptions = {}) {
  const objects: KubeObject[] = [];
  const files: Record<string, string> = { '/conf': conf };
  const runs: string[] = [];
  const clock = createManualClock();
  const log = createRecordingLog();
  const state = { output: 'u:p\n', exitCode: 0 as number | undefined };
  const of = (kind: string, namespace: string | undefined) =>
    objects.filter(
      (one) => one.kind === kind && one.metadata.namespace === namespace,
    ) as readonly unknown[] as never[];
  const { desk, registries } = createTestCredentials(
    {
      clock,
      log,
      environment: {
        ALLOWED: 'env-user:env-pass',
        OTHER: 'a:b',
        EMPTY: '',
        BAD: 'SECRETWORD',
        HALF: 'SECRETWORD:',
      },
      reader: {
        getLive: async (type, { namespace, name }) =>
          of(type.kind, namespace).find((one: KubeObject) => one.metadata.name === name),
        listLive: async (type, { namespace }) => of(type.kind, namespace),
      },
      readFile: (path) => {
        const text = files[path];
        if (text === undefined) throw new Error('absent');
        return text;
      },
      programs: {
        run: async ({ path }): Promise<ProgramResult> => {
          runs.push(path);
          const output = state.output.replace('#', String(runs.length));
          return { exitCode: state.exitCode, output, errorOutput: 'SECRETWORD' };
        },
      },
    },
    {
      registries: { file: '/conf', namespace: 'system' },
      allowed: {
        variables: ['ALLOWED', 'UNSET', 'EMPTY', 'BAD', 'HALF'],
        programs: ['/scripts', '/one/login.sh'],
      },
      ...options,
    },
  );
  return { desk, registries, objects, files, runs, clock, log, state, find: () => desk.find(image, signal) };
}

const entry = (credentials: string, more = ''): string =>
  `registries:\n- name: GitHub\n  prefix: ghcr.io\n  credentials: ${credentials}\n${more}`;

function secret(
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
  type?: string,
): Secret {
  const encoded = Object.entries(data).map(([key, value]) => [key, base64(value)]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      ...(type === undefined ? {} : { labels: { 'kargo.akuity.io/cred-type': type } }),
    },
    data: Object.fromEntries(encoded) as Record<string, string>,
  };
}

const dockerJson = (key: string, user = 'pull'): string =>
  JSON.stringify({ auths: { [key]: { auth: base64(`${user}:p:w`) } } });

describe('what the operator configures for a registry', () => {
  test('a pull secret, by the name or by the address of its API', async () => {
    const { objects, find } = world(
      entry('pullsecret:argocd/docker', '  api_url: https://mirror.example:5000\n'),
    );
    objects.push(secret('argocd', 'docker', { '.dockerconfigjson': dockerJson('mirror.example:5000/team') }));
    expect(await find()).toMatchObject({
      identity: 'registry "GitHub" (pullsecret:argocd/docker)',
      username: 'pull',
      password: 'p:w',
    });
    objects[0] = secret('argocd', 'docker', {
      '.dockercfg': JSON.stringify({ 'ghcr.io': { auth: base64('old:x') } }),
    });
    expect(await find()).toMatchObject({ username: 'old' });
  });

  test('a field of a Secret; what is changed there counts at once', async () => {
    const { objects, find, desk } = world(entry('secret:argocd/some#creds'));
    objects.push(secret('argocd', 'some', { creds: 'u:a:b\n' }));
    const first = await find();
    expect(first).toMatchObject({ username: 'u', password: 'a:b' });
    expect(desk.lastUse(image)?.warnings).toEqual(['a line break at the end of the field is left out']);
    objects[0] = secret('argocd', 'some', { creds: 'u:new' });
    const second = await find();
    expect(second).toMatchObject({ password: 'new' });
    expect(second?.revision).not.toBe(first?.revision);
  });

  test('the pull secrets of a ServiceAccount, the first that has an entry', async () => {
    const { objects, find } = world(entry('serviceaccount:demo/default'));
    const account: ServiceAccount = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'demo' },
      imagePullSecrets: [{ name: 'absent' }, { name: 'other' }, { name: 'right' }],
    };
    objects.push(
      account,
      secret('demo', 'other', { '.dockerconfigjson': dockerJson('quay.io') }),
      secret('demo', 'right', { '.dockerconfigjson': dockerJson('https://ghcr.io/v2/', 'right') }),
    );
    expect(await find()).toMatchObject({ username: 'right' });
  });

  test('a variable that is allowed', async () => {
    expect(await world(entry('env:ALLOWED')).find()).toMatchObject({
      username: 'env-user',
      password: 'env-pass',
    });
  });

  test('a program: kept until it is refused, or for as long as credsexpire says', async () => {
    const { find, runs, clock, state } = world(entry('ext:/scripts/login.sh', '  credsexpire: 1h\n'));
    state.output = 'user:pass#\n';
    expect(await find()).toMatchObject({ username: 'user', password: 'pass1' });
    await Promise.all([find(), find()]);
    await clock.advance(59 * 60_000);
    expect(await find()).toMatchObject({ password: 'pass1' });
    await clock.advance(60_000);
    expect(await find()).toMatchObject({ password: 'pass2' });
    expect(runs).toEqual(['/scripts/login.sh', '/scripts/login.sh']);
  });

  test('a program without credsexpire is run again when the host refuses what it gave', async () => {
    const { desk, runs, clock, state } = world(entry('ext:/one/login.sh'));
    state.output = 'user:pass#\n';
    const refused = await desk.find(image, signal);
    await clock.advance(3_600_000);
    if (refused === undefined) throw new Error('nothing was found');
    expect(await desk.find({ ...image, refused }, signal)).toMatchObject({ password: 'pass2' });
    expect(runs).toHaveLength(2);
  });
});

describe('what fails is an error, never the next source', () => {
  const broken = secret('argocd', 'some', {
    creds: 'SECRETWORD',
    half: 'SECRETWORD:',
    '.dockerconfigjson': '{SECRETWORD',
  });
  test.each([
    { source: 'secret:argocd/absent#creds', code: 'credentials.unusable' },
    { source: 'secret:argocd/some#absent', code: 'credentials.unusable' },
    { source: 'secret:argocd/some#creds', code: 'credentials.unusable' },
    { source: 'secret:argocd/some#half', code: 'credentials.unusable' },
    { source: 'pullsecret:argocd/some', code: 'credentials.unusable' },
    { source: 'pullsecret:argocd/absent', code: 'credentials.unusable' },
    { source: 'serviceaccount:argocd/absent', code: 'credentials.unusable' },
    { source: 'env:UNSET', code: 'credentials.unusable' },
    { source: 'env:EMPTY', code: 'credentials.unusable' },
    { source: 'env:BAD', code: 'credentials.unusable' },
    { source: 'env:HALF', code: 'credentials.unusable' },
    { source: 'env:OTHER', code: 'credentials.refused-source' },
    { source: 'ext:/bin/sh', code: 'credentials.refused-source' },
    { source: 'ext:/scripts/../bin/sh', code: 'credentials.refused-source' },
    { source: 'ext:/scripts-evil/login.sh', code: 'credentials.refused-source' },
    { source: 'ext:/one/login.sh.evil', code: 'credentials.refused-source' },
    { source: 'ext:relative.sh', code: 'credentials.refused-source' },
  ])('$source: $code', async ({ source, code }) => {
    const { objects, find, desk, runs } = world(entry(source));
    objects.push(broken);
    await expect(find()).rejects.toMatchObject({ code });
    await expect(find()).rejects.not.toThrow(/SECRETWORD|U0VDUkVU/);
    expect(JSON.stringify([desk.lastUse(image), await desk.explain(image, signal)])).not.toMatch(
      /SECRETWORD/,
    );
    expect(runs).toEqual([]);
  });

  test.each([
    { name: 'a failing program', output: 'u:SECRETWORD\n', exitCode: 1 },
    { name: 'a killed program', output: 'u:SECRETWORD\n', exitCode: undefined },
    { name: 'two lines', output: 'u:SECRETWORD\nmore\n', exitCode: 0 },
    { name: 'no colon', output: 'SECRETWORD\n', exitCode: 0 },
    { name: 'nothing', output: '', exitCode: 0 },
  ])('$name', async ({ output, exitCode }) => {
    const { find, state, log, desk } = world(entry('ext:/scripts/login.sh'));
    Object.assign(state, { output, exitCode });
    await expect(find()).rejects.toMatchObject({ code: expect.stringMatching(/^credentials\./) });
    await expect(find()).rejects.not.toThrow(/SECRETWORD/);
    expect(JSON.stringify([log.lines, desk.lastUse(image)])).not.toMatch(/SECRETWORD/);
  });
});

describe('what a subscription names', () => {
  const own = secret('demo', 'own', { creds: 'own:pass', '.dockerconfigjson': dockerJson('ghcr.io') });
  const foreign = secret('other', 'own', {
    creds: 'foreign:pass',
    '.dockerconfigjson': dockerJson('ghcr.io'),
  });
  test.each([
    { source: 'secret:demo/own#creds', want: 'own' },
    { source: 'SECRET:demo/own#creds', want: 'own' },
    { source: 'ghcr.io=pullsecret:demo/own', want: 'pull' },
    { source: 'secret:other/own#creds', want: 'credentials.refused-source' },
    { source: 'SECRET:other/own#creds', want: 'credentials.refused-source' },
    { source: 'ghcr.io=secret:other/own#creds', want: 'credentials.refused-source' },
    { source: 'r=PULLSECRET:other/own', want: 'credentials.refused-source' },
    { source: 'serviceaccount:other/default', want: 'credentials.refused-source' },
    { source: 'env:ALLOWED', want: 'credentials.refused-source' },
    { source: 'Env:ALLOWED', want: 'credentials.refused-source' },
    { source: 'ext:/scripts/login.sh', want: 'credentials.refused-source' },
    { source: 'nonsense', want: 'credentials.invalid-source' },
    { source: 'secret:demo/absent#creds', want: 'credentials.unusable' },
  ])('$source: $want', async ({ source, want }) => {
    const { objects, desk, runs } = world(entry('env:ALLOWED'));
    objects.push(
      own,
      foreign,
      secret('demo', 'labeled', { repoURL: image.repoURL, username: 'k', password: 'p' }, 'image'),
    );
    const found = await desk.find({ ...image, source }, signal).catch((error: { code: string }) => error);
    expect(found).toMatchObject(want.startsWith('credentials.') ? { code: want } : { username: want });
    expect(runs).toEqual([]);
  });
});

describe('the order', () => {
  const labeled = (namespace: string, user: string): Secret =>
    secret(namespace, 'labeled', { repoURL: image.repoURL, username: user, password: 'p' }, 'image');
  test('the Secret of the Project, the shared one, the configuration of registries, nothing', async () => {
    const { objects, find, files, clock } = world(entry('env:ALLOWED'), { sharedNamespace: 'shared' });
    objects.push(labeled('demo', 'project'), labeled('shared', 'shared'));
    expect(await find()).toMatchObject({ username: 'project' });
    objects.shift();
    expect(await find()).toMatchObject({ username: 'shared' });
    objects.shift();
    expect(await find()).toMatchObject({ username: 'env-user' });
    files['/conf'] = '';
    await clock.advance(1_000);
    expect(await find()).toBeUndefined();
  });

  test('charts in the same registry use its configuration too; git and chart indexes do not', async () => {
    const { desk } = world(entry('env:ALLOWED'));
    const kinds = [
      { kind: 'helm' as const, repoURL: 'oci://ghcr.io/team/chart', want: 'env-user' },
      { kind: 'helm' as const, repoURL: 'https://ghcr.io/charts', want: undefined },
      { kind: 'git' as const, repoURL: 'https://ghcr.io/team/app.git', want: undefined },
    ];
    for (const { want, ...one } of kinds) {
      expect((await desk.find({ project: 'demo', ...one }, signal))?.username).toBe(want);
    }
  });

  test('nothing is sent over plain HTTP, in whatever case it is written', async () => {
    const { desk, objects } = world('');
    const repoURL = 'http://git.example/repo';
    objects.push(secret('demo', 'git', { repoURL, username: 'u', password: 'p' }, 'git'));
    for (const written of [repoURL, repoURL.replace('http', 'HTTP'), ` ${repoURL}`]) {
      expect(await desk.find({ project: 'demo', kind: 'git', repoURL: written }, signal)).toBeUndefined();
    }
    const { warnings } = await desk.explain({ project: 'demo', kind: 'git', repoURL }, signal);
    expect(warnings[0]).toContain('ALLOW_CREDENTIALS_OVER_HTTP');
  });
});

describe('reloading', () => {
  test('an edit counts within a second; a bad one names line and field and leaves the old one in force', async () => {
    const { find, files, clock, log, desk } = world(entry('env:ALLOWED'));
    expect(await find()).toMatchObject({ username: 'env-user' });
    files['/conf'] = entry('env:ALLOWED', '  limit: many\n');
    await clock.advance(1_000);
    expect(await find()).toMatchObject({ username: 'env-user' });
    expect(log.messages('warn')).toEqual(['registry configuration is not accepted']);
    expect(log.lines.at(-1)?.fields['error']).toContain(
      '/conf: line 5: registries[0].limit: expected a whole number',
    );
    const { warnings } = await desk.explain(image, signal);
    expect(warnings.join()).toContain('line 5: registries[0].limit');
    await clock.advance(1_000);
    await find();
    expect(log.messages('warn')).toHaveLength(1);
    files['/conf'] = entry('env:HALF');
    await clock.advance(1_000);
    await expect(find()).rejects.toMatchObject({ code: 'credentials.unusable' });
  });

  test('a configuration that was never good is an error, not a reason to go on without it', async () => {
    const { find, objects } = world('registries: [');
    await expect(find()).rejects.toMatchObject({
      code: 'credentials.invalid-source',
      message: expect.stringContaining('/conf: line 1'),
    });
    objects.push(secret('demo', 'own', { repoURL: image.repoURL, username: 'own', password: 'p' }, 'image'));
    expect(await find()).toMatchObject({ username: 'own' });
  });

  test('ConfigMaps with the label count beside the file, which comes first', async () => {
    const { find, objects, clock, desk } = world('');
    const map = (name: string, text: string, labels = {}): ConfigMap => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'system', labels },
      data: { 'registries.conf': text },
    });
    objects.push(map('ignored', entry('env:BAD')));
    expect(await find()).toBeUndefined();
    objects.push(
      map('argocd-image-updater-config', entry('env:ALLOWED'), { 'gantry.io/registries': 'true' }),
    );
    await clock.advance(30_000);
    expect(await find()).toMatchObject({ username: 'env-user' });
    objects.push(map('z', entry('env:BAD'), { 'gantry.io/registries': 'true' }));
    await clock.advance(30_000);
    expect(await find()).toMatchObject({ username: 'env-user' });
    expect((await desk.explain(image, signal)).warnings.join()).toContain(
      'stands in an earlier configuration',
    );
  });
});

test('connections are up to date after every search, whichever source served', async () => {
  const { desk, objects, registries } = world(entry('env:ALLOWED', '  insecure: true\n'));
  objects.push(secret('demo', 'own', { repoURL: image.repoURL, username: 'own', password: 'p' }, 'image'));
  expect(await desk.find(image, signal)).toMatchObject({ username: 'own' });
  expect(registries.peek().conf.entries).toMatchObject([{ prefix: 'ghcr.io', insecure: true }]);
});
