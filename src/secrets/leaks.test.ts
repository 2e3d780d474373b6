import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createTestCredentials } from '../../test/support/credentials.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import type { Secret } from '../api/core/index.ts';
import { AppError } from '../base/index.ts';
import { describeCredentials } from '../domain/index.ts';
import type { CredentialKind, MetricDeclaration, Metrics } from '../ports/index.ts';

// Over every kind of source, good and broken: no message, log line, metric, condition or explanation has a word of a secret.

const { signal } = new AbortController();
/** Part of every value that must stay secret. */
const word = 'XYZZYSECRET';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const keyLine = pem.split('\n')[5] ?? '';
const jwt = `h.${Buffer.from(JSON.stringify({ exp: 1, sub: word })).toString('base64url')}.${word}`;

type Data = Readonly<Record<string, string>>;
const image = 'ghcr.io/team/app';
const ecr = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/app';
const gar = 'europe-docker.pkg.dev/p/r/app';
const git = 'https://github.com/team/app';

interface Row {
  readonly name: string;
  readonly kind?: CredentialKind;
  readonly repoURL?: string;
  readonly labeled?: Data;
  readonly plain?: Data;
  readonly conf?: string;
  readonly source?: string;
  readonly output?: string;
  readonly exitCode?: number;
}

const conf = (credentials: string): string =>
  `registries:\n- name: x\n  prefix: ghcr.io\n  credentials: ${credentials}\n`;
const docker = (entry: unknown): Data => ({
  '.dockerconfigjson': JSON.stringify({ auths: { 'ghcr.io': entry } }),
});

const rows: readonly Row[] = [
  { name: 'user and password', labeled: { username: `u${word}`, password: word } },
  { name: 'a password that ended', labeled: { username: 'u', password: jwt } },
  { name: 'a line break', labeled: { username: 'u', password: `${word}\n` } },
  { name: 'half a pair', labeled: { username: word } },
  {
    name: 'an address with a password',
    repoURL: `https://u:${word}@github.com/team/app`,
    kind: 'git',
    labeled: {},
  },
  {
    name: 'an expression with a password',
    labeled: { repoURL: `https://u:${word}@x`, repoURLIsRegex: 'true' },
  },
  { name: 'a broken expression', labeled: { repoURL: `https://u:${word}@(`, repoURLIsRegex: 'true' } },
  { name: 'an SSH key', kind: 'git', repoURL: git, labeled: { sshPrivateKey: `${word}${pem}` } },
  {
    name: 'a GitHub App that cannot be reached',
    kind: 'git',
    repoURL: git,
    labeled: { githubAppClientID: 'a', githubAppInstallationID: '1', githubAppPrivateKey: pem },
  },
  {
    name: 'a GitHub App with a broken key',
    kind: 'git',
    repoURL: git,
    labeled: { githubAppClientID: 'a', githubAppInstallationID: '1', githubAppPrivateKey: word },
  },
  {
    name: 'a key of Amazon',
    repoURL: ecr,
    labeled: { awsRegion: 'eu-west-1', awsAccessKeyID: `A${word}`, awsSecretAccessKey: word },
  },
  { name: 'half a key of Amazon', repoURL: ecr, labeled: { awsSecretAccessKey: word } },
  {
    name: 'a key of Amazon elsewhere',
    labeled: { awsRegion: 'r', awsAccessKeyID: word, awsSecretAccessKey: word },
  },
  {
    name: 'a key of Google',
    repoURL: gar,
    labeled: {
      gcpServiceAccountKey: base64(JSON.stringify({ client_email: `${word}@x`, private_key: pem })),
    },
  },
  { name: 'a broken key of Google', repoURL: gar, labeled: { gcpServiceAccountKey: word } },
  {
    name: 'a pull secret',
    conf: conf('pullsecret:demo/plain'),
    plain: docker({ auth: base64(`u:${word}`) }),
  },
  {
    name: 'a pull secret without colon',
    conf: conf('pullsecret:demo/plain'),
    plain: docker({ auth: base64(word) }),
  },
  {
    name: 'a pull secret with a token',
    conf: conf('pullsecret:demo/plain'),
    plain: docker({ identitytoken: word }),
  },
  {
    name: 'a broken pull secret',
    conf: conf('pullsecret:demo/plain'),
    plain: { '.dockerconfigjson': `{${word}` },
  },
  { name: 'a field', source: 'secret:demo/plain#f', plain: { f: `u:${word}\n` } },
  { name: 'a field without colon', source: 'secret:demo/plain#f', plain: { f: word } },
  { name: 'a variable', conf: conf('env:GOOD') },
  { name: 'a variable without colon', conf: conf('env:BAD') },
  { name: 'a program', conf: conf('ext:/scripts/x'), output: `u:${word}\n` },
  { name: 'a program with two lines', conf: conf('ext:/scripts/x'), output: `u:${word}\n${word}\n` },
  { name: 'a program that fails', conf: conf('ext:/scripts/x'), output: `u:${word}\n`, exitCode: 1 },
  {
    name: 'a broken configuration',
    conf: `registries:\n- name: x\n  prefix: ghcr.io\n  api_url: https://u:${word}@x\n`,
  },
];

test.each(rows)('$name', async (row) => {
  const { kind = 'image', repoURL = image, source } = row;
  const told: unknown[] = [];
  const log = createRecordingLog();
  const { desk } = createTestCredentials(
    {
      clock: createManualClock(),
      log,
      metrics: recordingMetrics(told),
      environment: { GOOD: `u:${word}`, BAD: word },
      reader: {
        getLive: async (_, { name }) =>
          (name === 'plain' ? toSecret('plain', row.plain ?? {}) : undefined) as never,
        listLive: async ({ kind: type }) =>
          (type === 'Secret' && row.labeled !== undefined
            ? [toSecret('labeled', { repoURL, ...row.labeled }, kind)]
            : []) as never[],
      },
      readFile: () => row.conf ?? '',
      programs: {
        run: async () => ({ exitCode: row.exitCode ?? 0, output: row.output ?? '', errorOutput: word }),
      },
      // What GitHub says is told on purpose; what other services say may quote what was sent.
      http: {
        request: async ({ url }) => ({
          status: 400,
          url,
          headers: {},
          body: Buffer.from(`{"message":"${url.includes('github') ? 'no' : word}"}`),
        }),
        stream: () => Promise.reject(new Error('not asked for')),
      },
    },
    { registries: { file: '/conf' }, allowed: { variables: ['GOOD', 'BAD'], programs: ['/scripts'] } },
  );
  const request = { project: 'demo', kind, repoURL, ...(source === undefined ? {} : { source }) };
  const found = await desk.find(request, signal).catch((error: unknown) => {
    expect(error).toBeInstanceOf(AppError);
    told.push(describeAll(error));
    return undefined;
  });
  const use = desk.lastUse(request);
  told.push(found?.identity, found?.revision, use, await desk.explain(request, signal), log.lines);
  told.push(describeCredentials(use === undefined ? [] : [{ ...use, repoURL }]));
  const text = JSON.stringify(told);
  for (const secret of [word, base64(word).slice(0, 12), keyLine]) expect(text).not.toContain(secret);
});

function toSecret(name: string, data: Data, type?: string): Secret {
  const labels = type === undefined ? {} : { labels: { 'kargo.akuity.io/cred-type': type } };
  const encoded = Object.entries(data).map(([key, value]) => [key, base64(value)]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'demo', ...labels },
    data: Object.fromEntries(encoded) as Record<string, string>,
  };
}

/** An error with all its causes, as the most talkative log would print it. */
function describeAll(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return [error.message, error.stack, { ...error }, describeAll(error.cause)];
}

function recordingMetrics(told: unknown[]): Metrics {
  const note =
    ({ name }: MetricDeclaration<string>) =>
    (labels: unknown, value?: number) => {
      told.push([name, labels, value]);
    };
  return {
    counter: (declaration) => ({ add: note(declaration) }),
    gauge: (declaration) => ({ set: note(declaration) }),
    histogram: (declaration) => ({ observe: note(declaration) }),
  };
}
