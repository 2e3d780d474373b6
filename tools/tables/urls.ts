import type { Secret } from '../../src/api/core/index.ts';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import {
  normalizeChartUrl,
  normalizeGitUrl,
  normalizeImageUrl,
  parsePlatformRule,
} from '../../src/domain/index.ts';
import type { CredentialKind, KubeReader } from '../../src/ports/index.ts';
import { createTestCredentials } from '../../test/support/credentials.ts';
import { compareOutcome, type Table } from './table.ts';

const { signal } = new AbortController();

/** Normal forms of addresses, platforms, and which Secret is for a repository. */
export const urlsTable: Table = {
  name: 'urls',
  prepare: () => async (row) => compareOutcome(row.expect, await run(row.input)),
};

async function run(input: JsonObject): Promise<JsonValue> {
  const url = String(input['url']);
  switch (input['kind']) {
    case 'git':
      return normalizeGitUrl(url);
    case 'image':
      return normalizeImageUrl(url);
    case 'chart':
      return normalizeChartUrl(url);
    case 'platform-valid':
      return parsePlatformRule(String(input['value'])) !== undefined;
    default:
      return findUser(input as unknown as CredentialsInput);
  }
}

interface CredentialsInput {
  readonly allowOverHTTP: boolean;
  readonly project: string;
  readonly repoURL: string;
  readonly sharedNamespace: string;
  readonly type: CredentialKind;
  readonly secrets: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly credType: string;
    readonly data: Readonly<Record<string, string>>;
  }[];
}

async function findUser(input: CredentialsInput): Promise<JsonValue> {
  const { desk: credentials } = createTestCredentials(
    { reader: readerOf(input.secrets.map(toSecret)) },
    { sharedNamespace: input.sharedNamespace, allowOverHttp: input.allowOverHTTP },
  );
  const request = { project: input.project, kind: input.type, repoURL: input.repoURL };
  const found = await credentials.find(request, signal);
  if (found === undefined) return null;
  const { username, sshPrivateKey = null } = found;
  return username === undefined ? { sshPrivateKey } : { username };
}

/** Answers lists of Secrets from its argument. */
function readerOf(all: readonly Secret[]): KubeReader {
  const inNamespace = (namespace: string | undefined): readonly never[] =>
    all.filter((secret) => secret.metadata.namespace === namespace) as readonly unknown[] as readonly never[];
  return {
    get: () => undefined,
    list: (_type, selection) => inNamespace(selection?.namespace),
    getLive: async () => undefined,
    listLive: async (_type, selection) => inNamespace(selection.namespace),
  };
}

function toSecret(given: CredentialsInput['secrets'][number]): Secret {
  const data = Object.entries(given.data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const labels = { 'kargo.akuity.io/cred-type': given.credType };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: given.name, namespace: given.namespace, labels },
    data: Object.fromEntries(data) as Record<string, string>,
  };
}
