import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Secret } from '../../src/api/core/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { Clock, CredentialKind } from '../../src/ports/index.ts';
import { type CredentialsOptions, createCredentials } from '../../src/secrets/index.ts';
import { startTestServer, type TestServer } from '../support/http-server.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { createSystemClock } from '../support/system-clock.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestTls } from '../support/tls.ts';

// Servers that speak the token protocols of the clouds under the clouds' own names, reached over TLS as mapped endpoints.

const { signal } = new AbortController();
const ecrHost = '222222222222.dkr.ecr.eu-west-1.amazonaws.com';
const acrHost = 'team.azurecr.io';
const hosts = [
  'sts.eu-west-1.amazonaws.com',
  'api.ecr.eu-west-1.amazonaws.com',
  'oauth2.googleapis.com',
  'iamcredentials.googleapis.com',
  'login.microsoftonline.com',
  acrHost,
];

interface Asked {
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Which roles Amazon lets in, which account it lets get tokens, and what else a test sets. */
interface World {
  roles: Record<string, string>;
  forbidden: string[];
  googleAccounts: string[];
  ecrStatus: number;
  asked: Asked[];
  tokens: number;
}

let world: World;
let server: TestServer;
let plain: TestServer;
let http: ReturnType<typeof createHttpClient>;
let folder: ReturnType<typeof createTempFolder>;

beforeAll(async () => {
  folder = createTempFolder();
  const tls = await createTestTls(hosts);
  server = await startTestServer((request, response) => void answer(request, response), tls);
  plain = await startTestServer((request, response) => void answer(request, response));
  const endpoint = { address: server.address, caPem: tls.ca };
  http = createHttpClient({ endpoints: Object.fromEntries(hosts.map((host) => [host, endpoint])) });
});

afterAll(async () => {
  await http[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

beforeEach(() => {
  world = { roles: {}, forbidden: [], googleAccounts: [], ecrStatus: 200, asked: [], tokens: 0 };
});

afterEach(() => vi.unstubAllEnvs());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const host = String(request.headers.host);
  const asked = {
    host,
    path: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
  };
  world.asked.push(asked);
  const reply = (status: number, body: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
  if (host.startsWith('sts.')) answerSts(asked, reply);
  else if (host.startsWith('api.ecr.')) answerEcr(asked, reply);
  else if (host === 'oauth2.googleapis.com') answerGoogle(asked, reply);
  else if (host.startsWith('iamcredentials.')) answerImpersonation(asked, reply);
  else if (host === 'login.microsoftonline.com') answerAzure(asked, reply);
  else if (host === acrHost) answerAcr(asked, reply);
  else answerMetadata(asked, reply);
}

type Reply = (status: number, body: string, headers?: Record<string, string>) => void;

/** The access key of a role's temporary identity names the account, so that ECR knows who asks. */
function answerSts({ body }: Asked, reply: Reply): void {
  const form = new URLSearchParams(body);
  const action = String(form.get('Action'));
  const role = String(form.get('RoleArn'));
  const key = action === 'AssumeRoleWithWebIdentity' ? 'OWNKEY' : world.roles[role];
  if (action === 'AssumeRole' && form.get('ExternalId') !== 'kargo-project-demo') {
    reply(400, '<ErrorResponse><Error><Code>Wrong</Code></Error></ErrorResponse>', {
      'content-type': 'text/xml',
    });
    return;
  }
  if (key === undefined) {
    reply(
      403,
      '<ErrorResponse><Error><Code>AccessDenied</Code><Message>LEAK</Message></Error></ErrorResponse>',
      {
        'content-type': 'text/xml',
      },
    );
    return;
  }
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  reply(
    200,
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>` +
      `<AssumedRoleUser><Arn>arn:aws:sts::111111111111:assumed-role/x/y</Arn><AssumedRoleId>A:y</AssumedRoleId></AssumedRoleUser>` +
      `<Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>TEMPSECRET</SecretAccessKey>` +
      `<SessionToken>SESSION</SessionToken><Expiration>${expiration}</Expiration></Credentials>` +
      `</${action}Result></${action}Response>`,
    { 'content-type': 'text/xml' },
  );
}

function answerEcr({ headers }: Asked, reply: Reply): void {
  const key = /Credential=(?<key>\w+)\//.exec(String(headers.authorization))?.groups?.['key'] ?? '';
  if (world.ecrStatus !== 200)
    return void reply(world.ecrStatus, '{"__type":"ServerException","message":"LEAK"}');
  if (world.forbidden.includes(key))
    return void reply(403, '{"__type":"AccessDeniedException","message":"LEAK"}');
  const authorizationToken = Buffer.from(`AWS:ecr-${key}-${++world.tokens}`).toString('base64');
  const expiresAt = Date.now() / 1000 + 43_200;
  const proxyEndpoint = `https://${key === 'PODKEY' ? '333333333333' : '111111111111'}.dkr.ecr.eu-west-1.amazonaws.com`;
  reply(200, JSON.stringify({ authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint }] }));
}

function answerGoogle({ body }: Asked, reply: Reply): void {
  const assertion = new URLSearchParams(body).get('assertion') ?? '';
  const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString());
  if (claims.iss !== 'robot@p.iam.gserviceaccount.com')
    return void reply(400, '{"error":"invalid_grant LEAK"}');
  reply(
    200,
    JSON.stringify({ access_token: `google-${++world.tokens}`, expires_in: 3_600, token_type: 'Bearer' }),
  );
}

function answerImpersonation({ path, headers }: Asked, reply: Reply): void {
  const account =
    /serviceAccounts\/(?<account>[^:]+):/.exec(decodeURIComponent(path))?.groups?.['account'] ?? '';
  if (headers.authorization !== 'Bearer metadata-token') return void reply(401, '{}');
  if (!world.googleAccounts.includes(account)) return void reply(403, '{"error":{"message":"LEAK"}}');
  const expireTime = new Date(Date.now() + 3_600_000).toISOString();
  reply(200, JSON.stringify({ accessToken: `as-${account}`, expireTime }));
}

function answerMetadata({ path, headers }: Asked, reply: Reply): void {
  const google = { 'metadata-flavor': 'Google', 'content-type': 'text/plain' };
  if (path === '/pod-identity') {
    if (headers.authorization !== 'pod-token') return void reply(401, '{}');
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    const identity = {
      AccessKeyId: 'PODKEY',
      SecretAccessKey: 'S',
      Token: 'T',
      AccountId: '333333333333',
      Expiration,
    };
    return void reply(200, JSON.stringify(identity));
  }
  if (headers['metadata-flavor'] !== 'Google') return void reply(403, '');
  if (path.endsWith('/project/project-id')) return void reply(200, 'my-project', google);
  if (path.includes('/service-accounts/default/token')) {
    const token = JSON.stringify({ access_token: 'metadata-token', expires_in: 3_600, token_type: 'Bearer' });
    return void reply(200, token, { ...google, 'content-type': 'application/json' });
  }
  reply(404, '', google);
}

function answerAzure({ path, body }: Asked, reply: Reply): void {
  if (path.includes('openid-configuration')) {
    const base = 'https://login.microsoftonline.com/tenant';
    const configuration = {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      issuer: `${base}/v2.0`,
      jwks_uri: `${base}/keys`,
    };
    return void reply(200, JSON.stringify(configuration));
  }
  const form = new URLSearchParams(body);
  if (form.get('client_assertion') !== 'federated-token' || form.get('client_id') !== 'client') {
    return void reply(401, '{"error":"invalid_client","error_description":"LEAK"}');
  }
  reply(200, JSON.stringify({ token_type: 'Bearer', expires_in: 3_600, access_token: 'directory-token' }));
}

function answerAcr({ path, body }: Asked, reply: Reply): void {
  const form = new URLSearchParams(body);
  const isRight =
    path === '/oauth2/exchange' &&
    form.get('access_token') === 'directory-token' &&
    form.get('service') === acrHost;
  if (!isRight) return void reply(401, '{"errors":[{"message":"LEAK"}]}');
  const claims = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 10_800 })).toString(
    'base64url',
  );
  reply(200, JSON.stringify({ refresh_token: `x.${claims}.acr-${++world.tokens}` }));
}

function create(
  environment: Record<string, string>,
  secrets: readonly Secret[] = [],
  options: CredentialsOptions = { clouds: ['ecr', 'gar', 'acr'] },
  clock: Clock = createSystemClock(),
) {
  const { desk } = createCredentials(
    {
      reader: {
        getLive: async () => undefined,
        listLive: async (_type, { namespace }) =>
          secrets.filter(
            (one) => one.metadata.namespace === namespace,
          ) as readonly unknown[] as readonly never[],
      },
      http,
      clock,
      log: createRecordingLog(),
      programs: { run: () => Promise.reject(new Error('no programs here')) },
      environment,
      readFile: (path) => readFileSync(path, 'utf8'),
    },
    options,
  );
  return desk;
}

const request = (repoURL: string, kind: CredentialKind = 'image') => ({ project: 'demo', kind, repoURL });
const ecrImage = request(`${ecrHost}/team/app`);
const garImage = request('europe-docker.pkg.dev/p/r/app');
const acrImage = request(`${acrHost}/app`);

function secretWith(data: Record<string, string>): Secret {
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'cloud', namespace: 'demo', labels: { 'kargo.akuity.io/cred-type': 'image' } },
    data: Object.fromEntries(encoded) as Record<string, string>,
  };
}

function file(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

const irsa = (): Record<string, string> => ({
  AWS_REGION: 'eu-west-1',
  AWS_ROLE_ARN: 'arn:aws:iam::111111111111:role/controller',
  AWS_WEB_IDENTITY_TOKEN_FILE: file('token', 'web-identity'),
});
const roleIn = (account: string): string => `arn:aws:iam::${account}:role/kargo-project-demo`;

test('ECR by the key of a Secret; the token is kept', async () => {
  const secret = secretWith({
    repoURL: `${ecrHost}/team/app`,
    awsRegion: 'eu-west-1',
    awsAccessKeyID: 'STATICKEY',
    awsSecretAccessKey: 'STATICSECRET',
  });
  const desk = create({}, [secret]);
  const first = await desk.find(ecrImage, signal);
  expect(first).toMatchObject({
    identity: 'secret demo/cloud',
    username: 'AWS',
    password: 'ecr-STATICKEY-1',
  });
  expect((first?.expiresAtMs ?? 0) - Date.now()).toBeGreaterThan(40_000_000);
  expect((await desk.find(ecrImage, signal))?.password).toBe('ecr-STATICKEY-1');
  expect(world.asked).toHaveLength(1);
});

test('ECR by IRSA: the role of the Project in the account of the registry', async () => {
  world.roles[roleIn('222222222222')] = 'CROSSKEY';
  const desk = create(irsa());
  expect(await desk.find(ecrImage, signal)).toMatchObject({
    identity: `ambient ECR ${ecrHost} for demo`,
    username: 'AWS',
    password: 'ecr-CROSSKEY-1',
  });
  expect(desk.lastUse(ecrImage)).toMatchObject({ outcome: 'found', via: roleIn('222222222222') });
  const assumed = world.asked.find(
    ({ body }) => body.includes('Action=AssumeRole&') || /AssumeRole$/.test(body),
  );
  expect(new URLSearchParams(assumed?.body).get('RoleSessionName')).toBe('kargo-controller');
});

test('ECR by IRSA: an answer that forbids leads to the next role, down to that of the process', async () => {
  world.roles[roleIn('222222222222')] = 'CROSSKEY';
  world.forbidden = ['CROSSKEY'];
  world.roles[roleIn('111111111111')] = 'OWNACCOUNTKEY';
  expect(await create(irsa()).find(ecrImage, signal)).toMatchObject({ password: 'ecr-OWNACCOUNTKEY-1' });
  world.roles = {};
  expect(await create(irsa()).find(ecrImage, signal)).toMatchObject({ password: 'ecr-OWNKEY-2' });
});

test('ECR: when nothing is let in, the error names what was tried and quotes nobody', async () => {
  world.forbidden = ['OWNKEY'];
  const failed = create(irsa()).find(ecrImage, signal);
  await expect(failed).rejects.toMatchObject({
    code: 'credentials.unavailable',
    message: expect.stringContaining(roleIn('222222222222')),
  });
  await expect(failed).rejects.not.toThrow(/LEAK|TEMPSECRET|SESSION/);
});

test('ECR: a failure of Amazon is no answer that forbids', async () => {
  world.ecrStatus = 500;
  world.roles[roleIn('222222222222')] = 'CROSSKEY';
  const desk = create(irsa());
  await expect(desk.find(ecrImage, signal)).rejects.toMatchObject({ disposition: 'retry' });
  expect(world.asked.some(({ headers }) => String(headers.authorization).includes('OWNKEY/') && false)).toBe(
    false,
  );
  expect(desk.lastUse(ecrImage)?.outcome).toBe('failed');
});

test('ECR by pod identity, where only a token tells the account', async () => {
  world.roles[roleIn('333333333333')] = 'PODROLEKEY';
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${plain.url}/pod-identity`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file('pod-token', 'pod-token'),
  };
  expect(await create(environment).find(ecrImage, signal)).toMatchObject({ password: 'ecr-PODROLEKEY-2' });
});

test('ECR for charts in the same registry, and for nothing else', async () => {
  const desk = create(irsa());
  expect(await desk.find(request(`oci://${ecrHost}/charts/app`, 'helm'), signal)).toMatchObject({
    username: 'AWS',
  });
  expect(await desk.find(request('ghcr.io/example/app'), signal)).toBeUndefined();
  expect(await desk.find(request(`https://${ecrHost}/repo.git`, 'git'), signal)).toBeUndefined();
  expect(await desk.find(request(`${ecrHost}.evil.example/app`), signal)).toBeUndefined();
});

test('one fetch serves all who ask; what is refused is fetched anew, once', async () => {
  const clock = createManualClock();
  const environment = { AWS_ACCESS_KEY_ID: 'ENVKEY', AWS_SECRET_ACCESS_KEY: 'S', AWS_REGION: 'eu-west-1' };
  const desk = create(environment, [], { clouds: ['ecr'] }, clock);
  const all = await Promise.all([1, 2, 3].map(() => desk.find(ecrImage, signal)));
  expect(all.map((one) => one?.password)).toEqual(Array(3).fill('ecr-ENVKEY-1'));
  await clock.advance(60_000);
  const [refused] = all;
  if (refused === undefined) throw new Error('nothing was found');
  expect((await desk.find({ ...ecrImage, refused }, signal))?.password).toBe('ecr-ENVKEY-2');
  expect((await desk.find({ ...ecrImage, refused }, signal))?.password).toBe('ecr-ENVKEY-2');
  expect((await desk.find(ecrImage, signal))?.password).toBe('ecr-ENVKEY-2');
});

test('Artifact Registry by the key of a Secret', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = JSON.stringify({
    type: 'service_account',
    client_email: 'robot@p.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
  const gcpServiceAccountKey = Buffer.from(key).toString('base64');
  const desk = create({}, [secretWith({ repoURL: garImage.repoURL, gcpServiceAccountKey })]);
  expect(await desk.find(garImage, signal)).toMatchObject({
    identity: 'secret demo/cloud',
    username: 'oauth2accesstoken',
    password: 'google-1',
    expiresAtMs: expect.any(Number),
  });
  const scope = JSON.parse(
    Buffer.from(
      (new URLSearchParams(world.asked[0]?.body).get('assertion') ?? '').split('.')[1] ?? '',
      'base64url',
    ).toString(),
  ).scope;
  expect(scope).toBe('https://www.googleapis.com/auth/devstorage.read_only');
});

test('Artifact Registry by workload identity: as the account of the Project, else as the process', async () => {
  vi.stubEnv('GCE_METADATA_HOST', plain.address);
  const environment = { GCE_METADATA_HOST: plain.address };
  const account = 'kargo-project-demo@my-project.iam.gserviceaccount.com';
  world.googleAccounts = [account];
  const desk = create(environment);
  expect(await desk.find(garImage, signal)).toMatchObject({
    identity: 'ambient Google for demo',
    username: 'oauth2accesstoken',
    password: `as-${account}`,
  });
  world.googleAccounts = [];
  const other = create(environment);
  expect(await other.find(garImage, signal)).toMatchObject({ password: 'metadata-token' });
  expect(other.lastUse(garImage)?.via).toBe('the account of this process');
});

test('a registry of Google without any identity is read without a credential', async () => {
  const desk = create({ GCE_METADATA_HOST: '127.0.0.1:1' });
  expect(await desk.find(request('gcr.io/distroless/base'), signal)).toBeUndefined();
  const { candidates } = await desk.explain(garImage, signal);
  expect(candidates).toMatchObject([
    { verdict: 'does not match', reason: 'this process has no identity at Google' },
  ]);
});

const azure = (token: string): Record<string, string> => ({
  AZURE_CLIENT_ID: 'client',
  AZURE_TENANT_ID: 'tenant',
  AZURE_FEDERATED_TOKEN_FILE: file('azure-token', token),
  AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com/',
});

test('ACR: the federated token becomes one of the directory, and that one of the registry', async () => {
  const desk = create(azure('federated-token'));
  expect(await desk.find(acrImage, signal)).toMatchObject({
    identity: `ambient ACR ${acrHost}`,
    username: '00000000-0000-0000-0000-000000000000',
    password: expect.stringMatching(/acr-1$/),
    expiresAtMs: expect.any(Number),
  });
  await desk.find(request(`${acrHost}/other`), signal);
  expect(world.tokens).toBe(1);
});

test('ACR: a directory that refuses is told by name, without a word of what it said', async () => {
  const failed = create(azure('wrong')).find(acrImage, signal);
  await expect(failed).rejects.toMatchObject({ code: 'credentials.unavailable' });
  await expect(failed).rejects.not.toThrow(/LEAK|wrong|federated/);
});

test('a Secret comes before every ambient identity, and a cloud can be switched off', async () => {
  const own = secretWith({ repoURL: acrImage.repoURL, username: 'u', password: 'p' });
  expect(await create(azure('federated-token'), [own]).find(acrImage, signal)).toMatchObject({
    username: 'u',
  });
  const off = create(azure('federated-token'), [], { clouds: ['ecr'] });
  expect(await off.find(acrImage, signal)).toBeUndefined();
  expect(world.asked).toHaveLength(0);
});
