import { join } from 'node:path';
import { AppError, isJsonObject } from '../base/index.ts';
import type { Credential, Programs } from '../ports/index.ts';
import { type DockerConfig, findDockerAuth, parseDockerConfig } from './docker-config.ts';
import { credentialsErrors } from './errors.ts';
import { failing, unavailable, useless } from './failures.ts';
import { readJwtExpiryMs } from './jwt.ts';
import { compareMatches, matchRegistryKey } from './registry-key.ts';
import type { TokenCache } from './token-cache.ts';
import { type Candidate, type Level, type Material, noMatch } from './types.ts';

/** What docker's configuration is read with. */
export interface DockerLevelDeps {
  readonly programs: Programs;
  readonly tokens: TokenCache;
  /** The text of a file; throws when it cannot be read. */
  readFile(path: string): string;
}

/** Whose configuration it is. */
export interface DockerLevelOptions {
  /** The folder with `config.json`, as DOCKER_CONFIG names it. */
  readonly folder: string;
  /** Folders in which `docker-credential-<name>` is looked for, in this order. */
  readonly helperFolders: readonly string[];
  /** All that helpers find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
}

const level = 'docker configuration';
/** What helpers answer is kept for so long; they are local and quick, but not free. */
const helperLifeMs = 5 * 60_000;
const maxAnswerBytes = 64 * 1024;
/** The user name by which a helper says that its secret is a refresh token. */
const tokenUser = '<token>';
const dockerHubKey = 'https://index.docker.io/v1/';

/** The docker configuration of the operator: entries, helpers for single hosts, and the store for all others. */
export function createDockerLevel(deps: DockerLevelDeps, options: DockerLevelOptions): Level {
  const path = join(options.folder, 'config.json');
  return {
    look({ place }) {
      if (place === undefined) return Promise.resolve([]);
      const config = readConfig(deps, path);
      if (typeof config === 'string') return Promise.resolve([failing(level, path, useless(path, config))]);
      return Promise.resolve([findCandidate(deps, options, { config, path, place })]);
    },
  };
}

function readConfig(deps: DockerLevelDeps, path: string): DockerConfig | string {
  let text: string;
  try {
    text = deps.readFile(path);
  } catch {
    return 'the file cannot be read';
  }
  return parseDockerConfig(text, 'config');
}

interface Place {
  readonly config: DockerConfig;
  readonly path: string;
  readonly place: string;
}

/** Source: docker asks the helper of a host before everything else, and the store before the entries. */
function findCandidate(deps: DockerLevelDeps, options: DockerLevelOptions, at: Place): Candidate {
  const { config, path, place } = at;
  const [special] = Object.keys(config.credHelpers)
    .flatMap((key) => matchRegistryKey(key, place) ?? [])
    .sort(compareMatches);
  const helper = special === undefined ? config.credsStore : config.credHelpers[special.key];
  if (helper !== undefined) return helperCandidate(deps, options, at, helper, special?.key);
  const found = findDockerAuth(config, [place]);
  if (found.kind === 'problem') return failing(level, path, useless(path, found.problem));
  if (found.kind === 'none') return noMatch(level, path, `it has no entry for "${place}"`);
  const { auth, key } = found;
  return {
    level,
    identity: `${path} "${key}"`,
    matches: true,
    reason: `it has the entry "${key}"`,
    resolve: () => Promise.resolve(withExpiry(auth)),
  };
}

function helperCandidate(
  deps: DockerLevelDeps,
  options: DockerLevelOptions,
  { path, place }: Place,
  helper: string,
  key: string | undefined,
): Candidate {
  if (!/^[\w.-]+$/.test(helper))
    return failing(level, path, useless(path, 'the name of a helper has forbidden characters'));
  const host = place.split('/')[0] ?? '';
  const server = key ?? (host === 'docker.io' ? dockerHubKey : host);
  const identity = `docker-credential-${helper} "${server}"`;
  const what = key === undefined ? 'credsStore' : 'credHelpers';
  return {
    level,
    identity,
    matches: true,
    reason: `${what} of ${path} names it`,
    resolve: (refused: Credential | undefined, signal) =>
      deps.tokens.get(
        { key: identity, identity, maxLifeMs: helperLifeMs, refused },
        (shared) => askHelper(deps.programs, options, { helper, server, identity }, shared),
        signal,
      ),
  };
}

/** The protocol of docker's credential helpers: the server's address in, JSON out. */
async function askHelper(
  programs: Programs,
  { helperFolders, environment }: DockerLevelOptions,
  call: { readonly helper: string; readonly server: string; readonly identity: string },
  signal: AbortSignal,
): Promise<Material> {
  const { helper, server, identity } = call;
  let last: AppError | undefined;
  for (const folder of helperFolders) {
    const path = join(folder, `docker-credential-${helper}`);
    try {
      const { exitCode, output } = await programs.run(
        { path, args: ['get'], input: server, environment, maxOutputBytes: maxAnswerBytes },
        signal,
      );
      if (exitCode !== 0) throw unavailable(identity, `the helper ended with ${exitCode ?? 'a signal'}`);
      return readAnswer(output, identity);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code !== 'programs.not-runnable')
        throw credentialsErrors.is(error) ? error : unavailable(identity, error.message, error);
      last = error;
    }
  }
  throw unavailable(identity, last?.message ?? 'there is no folder to look for the helper in');
}

function readAnswer(output: string, identity: string): Material {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw unavailable(identity, 'the helper wrote something else than JSON');
  }
  const { Username: username, Secret: secret } = isJsonObject(answer) ? answer : {};
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') {
    throw unavailable(identity, 'the helper gave no secret');
  }
  return withExpiry(
    username === tokenUser ? { identityToken: secret } : { username, password: secret, isToken: true },
  );
}

function withExpiry(material: Material): Material {
  const expiresAtMs = readJwtExpiryMs(material.password);
  return expiresAtMs === undefined ? material : { ...material, expiresAtMs };
}
