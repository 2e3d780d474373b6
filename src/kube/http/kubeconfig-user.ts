import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { parseYaml } from '../../base/yaml/index.ts';

/** What a kubeconfig says about a user beyond what the vendor's library reads. */
export interface UserExtras {
  /** Folder of the file that names the user; relative paths start there. */
  readonly folder: string;
  /** A file whose content is the token of the moment. */
  readonly tokenFile?: string;
  /** Headers that ask the server to take the request as somebody else's. */
  readonly impersonation: Readonly<Record<string, string | readonly string[]>>;
}

/** Finds a user in kubeconfig files; the first file that names it counts. */
export function readUserExtras(paths: readonly string[], name: string | undefined): UserExtras | undefined {
  if (name === undefined) return undefined;
  for (const path of paths) {
    if (!existsSync(path)) continue;
    const users = asObject(parseYaml(readFileSync(path, 'utf8')))?.['users'];
    const entry = asList(users).find((one) => asObject(one)?.['name'] === name);
    const user = asObject(asObject(entry)?.['user']);
    if (user !== undefined) return toExtras(user, dirname(resolve(path)));
  }
  return undefined;
}

function toExtras(user: JsonObject, folder: string): UserExtras {
  const tokenFile = user['tokenFile'];
  return {
    folder,
    ...(typeof tokenFile === 'string' && tokenFile !== '' ? { tokenFile: resolve(folder, tokenFile) } : {}),
    impersonation: toImpersonation(user),
  };
}

/** The headers of `as`, `as-uid`, `as-groups` and `as-user-extra`. */
function toImpersonation(user: JsonObject): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = {};
  const { as, 'as-uid': uid, 'as-groups': groups, 'as-user-extra': extra } = user;
  if (typeof as === 'string' && as !== '') headers['impersonate-user'] = as;
  if (typeof uid === 'string' && uid !== '') headers['impersonate-uid'] = uid;
  const names = texts(groups);
  if (names.length > 0) headers['impersonate-group'] = names;
  for (const [key, values] of Object.entries(asObject(extra) ?? {})) {
    // Keys may hold what header names may not, e.g. the slash of "example.com/team".
    headers[`impersonate-extra-${encodeURIComponent(key).toLowerCase()}`] = texts(values);
  }
  return headers;
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

function asList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: JsonValue | undefined): readonly string[] {
  return asList(value).filter((one): one is string => typeof one === 'string');
}
