import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPrograms } from '../../src/programs/index.ts';
import { type CredentialsOptions, createCredentials } from '../../src/secrets/index.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { createSystemClock } from '../support/system-clock.ts';
import { createSystemRandom } from '../support/system-random.ts';
import { createTempFolder } from '../support/temp-folder.ts';

// Genuine programs behind "ext:", docker's credential helpers and the kubelet's credential providers.

const { signal } = new AbortController();
let folder: ReturnType<typeof createTempFolder>;
beforeAll(() => {
  folder = createTempFolder();
});
afterAll(() => folder[Symbol.dispose]());

function script(name: string, lines: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

function write(name: string, content: unknown): string {
  const path = join(folder.path, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function create(options: CredentialsOptions) {
  const clock = createSystemClock();
  const log = createRecordingLog();
  const { desk } = createCredentials(
    {
      reader: { getLive: async () => undefined, listLive: async () => [] },
      http: {
        request: () => Promise.reject(new Error('no network')),
        stream: () => Promise.reject(new Error('none')),
      },
      clock,
      log,
      programs: createPrograms(
        { clock, random: createSystemRandom() },
        { timeLimitMs: 2_000, maxMemoryBytes: 300_000_000 },
      ),
      environment: {
        PATH: '/usr/bin:/bin',
        AWS_REGION: 'eu-west-1',
        AWS_SECRET_ACCESS_KEY: 'TOPSECRET',
        DB: 'TOPSECRET',
      },
      readFile: (path) => readFileSync(path, 'utf8'),
    },
    options,
  );
  return { desk, log };
}

const image = (repoURL: string) => ({ project: 'demo', kind: 'image' as const, repoURL });

function withScript(lines: string) {
  const path = script('login.sh', lines);
  const conf = `registries:\n- name: x\n  prefix: registry.example\n  credentials: ext:${path}\n`;
  const { desk, log } = create({
    registries: { file: write('registries.conf', conf) },
    allowed: { variables: [], programs: [folder.path] },
  });
  return { find: () => desk.find(image('registry.example/app'), signal), desk, log };
}

describe('ext:', () => {
  test('one line becomes user and password; the password may contain colons', async () => {
    expect(await withScript('echo "some:user:pass"').find()).toMatchObject({
      username: 'some',
      password: 'user:pass',
    });
  });

  test('it sees neither arguments nor input nor a secret of this process', async () => {
    const seen = join(folder.path, 'seen');
    await withScript(`{ echo "args=$#"; cat; env; } > ${seen}; echo u:p`).find();
    const text = readFileSync(seen, 'utf8');
    expect(text).toContain('args=0');
    expect(text).toContain('AWS_REGION=eu-west-1');
    expect(text).not.toContain('TOPSECRET');
  });

  test.each([
    { name: 'hangs', lines: 'echo user:TOPSECRET; sleep 600' },
    {
      name: 'leaves others behind that keep its output open, and hangs',
      lines: 'sleep 600 & echo u:TOPSECRET; wait',
    },
    { name: 'floods its output', lines: 'yes user:TOPSECRET' },
    { name: 'writes ten megabytes', lines: 'head -c 10000000 /dev/zero | tr "\\0" x' },
    {
      name: 'fails and writes secrets to both outputs',
      lines: 'echo u:TOPSECRET; echo TOPSECRET >&2; exit 1',
    },
    { name: 'writes two lines', lines: 'echo u:TOPSECRET; echo more' },
    { name: 'is killed', lines: 'echo u:TOPSECRET; kill -9 $$' },
  ])('a program that $name is an error without a word of it', async ({ lines }) => {
    const { find, desk, log } = withScript(lines);
    const failed = find();
    await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(/^credentials\./) });
    await expect(failed).rejects.not.toThrow(/TOPSECRET/);
    const told = [log.lines, desk.lastUse(image('registry.example/app'))];
    expect(JSON.stringify(told)).not.toContain('TOPSECRET');
    await failed.catch((error: Error) =>
      expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('TOPSECRET'),
    );
  });

  test('a program that ends while its children go on is good, and they are killed', async () => {
    const note = join(folder.path, 'child');
    expect(await withScript(`sleep 600 & echo $! > ${note}; echo u:p`).find()).toMatchObject({
      username: 'u',
    });
    const id = Number(readFileSync(note, 'utf8'));
    await expect.poll(() => isAlive(id), { timeout: 20_000 }).toBe(false);
  });

  test('a fork bomb of some size ends with its parent', async () => {
    const note = join(folder.path, 'bomb');
    const lines = `for i in 1 2 3 4 5 6 7 8 9 10; do (setsid sleep 600 & echo $! >> ${note}; sleep 600) & done; sleep 600`;
    await expect(withScript(lines).find()).rejects.toMatchObject({ code: 'credentials.unavailable' });
    const ids = readFileSync(note, 'utf8').trim().split('\n').map(Number);
    expect(ids).toHaveLength(10);
    await expect.poll(() => ids.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });
});

describe("docker's configuration", () => {
  const dockerWith = (config: unknown) => {
    write('config.json', config);
    return create({ docker: { folder: folder.path, helperFolders: ['/nowhere', folder.path] } }).desk;
  };

  test('an entry, by the longest path', async () => {
    const auth = (user: string) => ({ auth: Buffer.from(`${user}:p`).toString('base64') });
    const desk = dockerWith({ auths: { 'ghcr.io': auth('all'), 'https://ghcr.io/team': auth('team') } });
    expect(await desk.find(image('ghcr.io/team/app'), signal)).toMatchObject({ username: 'team' });
    expect(await desk.find(image('ghcr.io/other/app'), signal)).toMatchObject({ username: 'all' });
    expect(await desk.find(image('quay.io/other/app'), signal)).toBeUndefined();
  });

  test('helpers are asked by the address of the server, that of one host before the store', async () => {
    const answer = (user: string) =>
      `read server; echo '{"ServerURL":"x","Username":"${user}","Secret":"'$server'"}'`;
    script('docker-credential-store', answer('store'));
    script('docker-credential-one', answer('one'));
    const desk = dockerWith({ credsStore: 'store', credHelpers: { 'quay.io': 'one' } });
    expect(await desk.find(image('quay.io/a/b'), signal)).toMatchObject({
      username: 'one',
      password: 'quay.io',
    });
    expect(await desk.find(image('ghcr.io/a/b'), signal)).toMatchObject({
      username: 'store',
      password: 'ghcr.io',
    });
    expect(await desk.find(image('nginx'), signal)).toMatchObject({
      password: 'https://index.docker.io/v1/',
    });
  });

  test('a helper may give a refresh token', async () => {
    script('docker-credential-token', `echo '{"ServerURL":"x","Username":"<token>","Secret":"refresh"}'`);
    const found = await dockerWith({ credHelpers: { 'ghcr.io': 'token' } }).find(
      image('ghcr.io/a/b'),
      signal,
    );
    expect(found).toMatchObject({ identityToken: 'refresh' });
    expect(found?.password).toBeUndefined();
  });

  test.each([
    { name: 'fails', lines: 'echo TOPSECRET; echo TOPSECRET >&2; exit 1' },
    { name: 'writes no JSON', lines: 'echo TOPSECRET' },
    { name: 'gives no secret', lines: `echo '{"Username":"TOPSECRET","Secret":""}'` },
  ])('a helper that $name is an error', async ({ lines }) => {
    script('docker-credential-bad', lines);
    const failed = dockerWith({ credsStore: 'bad' }).find(image('ghcr.io/a/b'), signal);
    await expect(failed).rejects.toMatchObject({ code: 'credentials.unavailable' });
    await expect(failed).rejects.not.toThrow(/TOPSECRET/);
  });

  test.each([
    { name: 'an absent helper', config: { credsStore: 'absent' } },
    { name: 'a helper by a path', config: { credsStore: '../bin/sh' } },
    { name: 'an unreadable file', config: 'TOPSECRET' },
  ])('$name is an error', async ({ config }) => {
    const failed = dockerWith(config).find(image('ghcr.io/a/b'), signal);
    await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(/^credentials\./) });
    await expect(failed).rejects.not.toThrow(/TOPSECRET/);
  });
});

describe("the kubelet's providers", () => {
  const kubeletWith = (provider: Record<string, unknown>) => {
    const config = {
      apiVersion: 'kubelet.config.k8s.io/v1',
      kind: 'CredentialProviderConfig',
      providers: [
        {
          name: 'provider',
          matchImages: ['*.example.com', 'host:5000/team'],
          defaultCacheDuration: '10m',
          apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
          ...provider,
        },
      ],
    };
    return create({ kubelet: { configFile: write('kubelet.yaml', config), programFolder: folder.path } })
      .desk;
  };
  const answer = (auth: unknown, more = {}): string =>
    JSON.stringify({
      kind: 'CredentialProviderResponse',
      apiVersion: 'x',
      cacheKeyType: 'Registry',
      auth,
      ...more,
    });

  test('the image goes in, the entry that is closest comes out', async () => {
    const auth = {
      '*.example.com': { username: 'all', password: 'p' },
      'a.example.com/team': { username: 'team', password: 'p' },
    };
    const seen = join(folder.path, 'request');
    script('provider', `cat > ${seen}; echo "$1 $NAME" >> ${seen}; echo '${answer(auth)}'`);
    const desk = kubeletWith({ args: ['get'], env: [{ name: 'NAME', value: 'value' }] });
    expect(await desk.find(image('a.example.com/team/app:1'), signal)).toMatchObject({
      identity: 'provider provider',
      username: 'team',
    });
    const [request = '', rest] = readFileSync(seen, 'utf8').split('\n');
    expect(JSON.parse(request)).toEqual({
      kind: 'CredentialProviderRequest',
      apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
      image: 'a.example.com/team/app',
    });
    expect(rest).toBe('get value');
    expect(await desk.find(image('b.example.org/app'), signal)).toBeUndefined();
  });

  test('an answer is kept for as long as it says', async () => {
    const count = join(folder.path, 'asked');
    const auth = { 'a.example.com': { username: 'u', password: 'p' } };
    for (const { cacheDuration, want } of [
      { cacheDuration: '0s', want: 2 },
      { cacheDuration: '5m', want: 1 },
    ]) {
      writeFileSync(count, '');
      script('provider', `echo x >> ${count}; echo '${answer(auth, { cacheDuration })}'`);
      const desk = kubeletWith({});
      await desk.find(image('a.example.com/app'), signal);
      await desk.find(image('a.example.com/app'), signal);
      expect(readFileSync(count, 'utf8').trim().split('\n')).toHaveLength(want);
    }
  });

  test.each([
    { name: 'fails', lines: 'echo TOPSECRET >&2; exit 1' },
    { name: 'writes no JSON', lines: 'echo TOPSECRET' },
    { name: 'answers another kind', lines: `echo '{"kind":"TOPSECRET"}'` },
    {
      name: 'has nothing for the image',
      lines: `echo '${answer({ 'other.io': { username: 'TOPSECRET' } })}'`,
    },
  ])('a provider that $name is an error', async ({ lines }) => {
    script('provider', lines);
    const failed = kubeletWith({}).find(image('a.example.com/app'), signal);
    await expect(failed).rejects.toMatchObject({ code: 'credentials.unavailable' });
    await expect(failed).rejects.not.toThrow(/TOPSECRET/);
  });

  test.each([
    { name: 'a path as name', provider: { name: '../sh' } },
    { name: 'no patterns', provider: { matchImages: [] } },
    { name: 'no duration', provider: { defaultCacheDuration: 5 } },
    { name: 'an unknown version', provider: { apiVersion: 'v9' } },
    { name: 'wrong arguments', provider: { args: [1] } },
    { name: 'a wrong environment', provider: { env: [{ name: 'A' }] } },
  ])('a configuration with $name is an error', async ({ provider }) => {
    const failed = kubeletWith(provider).find(image('a.example.com/app'), signal);
    await expect(failed).rejects.toMatchObject({ code: 'credentials.unusable' });
  });
});

function isAlive(id: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${id}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
