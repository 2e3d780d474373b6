import { isJsonObject, type JsonObject } from '../base/index.ts';
import { compareMatches, type KeyMatch, matchRegistryKey } from './registry-key.ts';

/** What an entry of a docker configuration gives. */
export interface DockerAuth {
  readonly username?: string;
  readonly password?: string;
  /** An OAuth refresh token, in place of user and password. */
  readonly identityToken?: string;
}

/** The part of docker's configuration that is about credentials. */
export interface DockerConfig {
  readonly auths: JsonObject;
  /** Helper programs by host. */
  readonly credHelpers: Readonly<Record<string, string>>;
  /** The helper for every other host. */
  readonly credsStore: string | undefined;
}

/** What a configuration has for a repository, or why it has nothing that can be used. */
export type DockerLookup =
  | { readonly kind: 'auth'; readonly key: string; readonly auth: DockerAuth }
  | { readonly kind: 'none'; readonly keys: readonly string[] }
  | { readonly kind: 'problem'; readonly problem: string };

/**
 * Reads docker's configuration: with "auths", as in config.json and ".dockerconfigjson", or the older form that is nothing
 * but these entries. A text says what is wrong, without a word of the content.
 */
export function parseDockerConfig(text: string, form: 'config' | 'legacy'): DockerConfig | string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (!isJsonObject(document)) return 'it is not a JSON object';
  if (form === 'legacy') return { auths: document, credHelpers: {}, credsStore: undefined };
  const { auths, credHelpers, credsStore } = document;
  const hasHelpers = credHelpers !== undefined || credsStore !== undefined;
  if (auths === undefined && !hasHelpers) return 'it has no "auths"';
  if (auths !== undefined && !isJsonObject(auths)) return '"auths" is not an object';
  if (credHelpers !== undefined && !isJsonObject(credHelpers)) return '"credHelpers" is not an object';
  const helpers = Object.entries(credHelpers ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    auths: auths ?? {},
    credHelpers: Object.fromEntries(helpers),
    credsStore: typeof credsStore === 'string' && credsStore !== '' ? credsStore : undefined,
  };
}

/**
 * The entry for a repository: of the keys that match at a boundary of host and path, the one with the longest path, exact
 * hosts before patterns, then in the order of the alphabet.
 *
 * `names`: the ways in which the repository's place can be spelled, "host/path" each.
 */
export function findDockerAuth(config: Pick<DockerConfig, 'auths'>, names: readonly string[]): DockerLookup {
  const matches = Object.keys(config.auths)
    .flatMap((key) => bestMatch(key, names) ?? [])
    .sort(compareMatches);
  const [best] = matches;
  if (best === undefined) return { kind: 'none', keys: Object.keys(config.auths) };
  const auth = readAuth(config.auths[best.key]);
  return typeof auth === 'string'
    ? { kind: 'problem', problem: `the entry "${best.key}" ${auth}` }
    : { kind: 'auth', key: best.key, auth };
}

function bestMatch(key: string, names: readonly string[]): KeyMatch | undefined {
  return names.flatMap((name) => matchRegistryKey(key, name) ?? []).sort(compareMatches)[0];
}

function readAuth(entry: unknown): DockerAuth | string {
  if (!isJsonObject(entry)) return 'is not an object';
  const { username, password, auth, identitytoken, registrytoken } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '') return { identityToken: identitytoken };
  if (isText(username) && isText(password)) return { username, password };
  if (auth === undefined && isText(registrytoken))
    return 'has a "registrytoken" only, which is not supported';
  if (auth === undefined) return 'has neither "auth" nor user name and password';
  if (typeof auth !== 'string') return 'has an "auth" that is not a text';
  return readBase64Auth(auth);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function readBase64Auth(auth: string): DockerAuth | string {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(auth)) return 'has an "auth" that is not base64';
  const text = Buffer.from(auth, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) return 'has an "auth" without a colon between user and password';
  // Docker pads what it encodes with zero bytes.
  const password = text.slice(colon + 1).replace(/\0+$/, '');
  if (colon === 0 || password === '') return 'has an "auth" with an empty user or password';
  return { username: text.slice(0, colon), password };
}
