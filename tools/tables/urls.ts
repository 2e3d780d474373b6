import type { Secret } from '../../src/api/core/index.ts';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import {
  normalizeChartUrl,
  normalizeGitUrl,
  normalizeImageUrl,
  parsePlatformRule,
} from '../../src/domain/index.ts';
import type { CredentialKind } from '../../src/ports/index.ts';
import { findSecret } from '../../src/secrets/index.ts';
import { compareOutcome, type Table } from './table.ts';

/** Normal forms of addresses, platforms, and which Secret is for a repository. */
export const urlsTable: Table = {
  name: 'urls',
  prepare: () => (row) => compareOutcome(row.expect, run(row.input)),
};

function run(input: JsonObject): JsonValue {
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

function findUser(input: CredentialsInput): JsonValue {
  if (input.repoURL.startsWith('http://') && !input.allowOverHTTP) return null;
  for (const namespace of [input.project, input.sharedNamespace]) {
    const secrets = input.secrets.filter((item) => item.namespace === namespace).map(toSecret);
    const found = findSecret(secrets, input.type, input.repoURL);
    if (found === undefined) continue;
    const given = input.secrets.find(
      (item) => item.namespace === namespace && item.name === found.metadata.name,
    );
    const { username, sshPrivateKey } = given?.data ?? {};
    return username === undefined ? { sshPrivateKey } : { username };
  }
  return null;
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
