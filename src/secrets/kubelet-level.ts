import { join } from 'node:path';
import { AppError, isJsonObject, type JsonObject, type JsonValue, parseDuration } from '../base/index.ts';
import { parseYaml } from '../base/yaml/index.ts';
import type { Programs } from '../ports/index.ts';
import { findDockerAuth } from './docker-config.ts';
import { failing, unavailable, useless } from './failures.ts';
import { compareMatches, matchRegistryKey } from './registry-key.ts';
import type { TokenCache } from './token-cache.ts';
import { type Candidate, type Level, type Material, noMatch } from './types.ts';

/** What providers are asked with. */
export interface KubeletLevelDeps {
  readonly programs: Programs;
  readonly tokens: TokenCache;
  /** The text of a file; throws when it cannot be read. */
  readFile(path: string): string;
}

/** As the kubelet's flags --image-credential-provider-config and --image-credential-provider-bin-dir. */
export interface KubeletLevelOptions {
  readonly configFile: string;
  readonly programFolder: string;
  /** What providers find in their environment, beside what their configuration gives them. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Provider {
  readonly name: string;
  readonly matchImages: readonly string[];
  readonly defaultLifeMs: number;
  readonly apiVersion: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const level = 'kubelet provider';
const maxAnswerBytes = 1024 * 1024;
const timeLimitMs = 30_000;
const versions: readonly string[] = [
  'credentialprovider.kubelet.k8s.io/v1',
  'credentialprovider.kubelet.k8s.io/v1beta1',
  'credentialprovider.kubelet.k8s.io/v1alpha1',
];

/** The kubelet's protocol of credential providers: programs that are told an image and answer entries with patterns. */
export function createKubeletLevel(deps: KubeletLevelDeps, options: KubeletLevelOptions): Level {
  return {
    look({ place }) {
      if (place === undefined) return Promise.resolve([]);
      const providers = readProviders(deps, options.configFile);
      if (typeof providers === 'string')
        return Promise.resolve([failing(level, options.configFile, useless(options.configFile, providers))]);
      return Promise.resolve(providers.map((provider) => toCandidate(deps, options, provider, place)));
    },
  };
}

function toCandidate(
  deps: KubeletLevelDeps,
  options: KubeletLevelOptions,
  provider: Provider,
  place: string,
): Candidate {
  const identity = `provider ${provider.name}`;
  const matches = provider.matchImages.flatMap((pattern) => matchRegistryKey(pattern, place) ?? []);
  const [best] = matches.sort(compareMatches);
  if (best === undefined) return noMatch(level, identity, `none of its matchImages is for "${place}"`);
  return {
    level,
    identity,
    matches: true,
    reason: `its pattern "${best.key}" matches`,
    resolve: async (refused, signal) => {
      // The answer may be for this image alone, and says so only afterwards: it is kept for the image.
      const key = `${identity}\n${place}`;
      const question = { key, identity, maxLifeMs: Number.POSITIVE_INFINITY, refused };
      return deps.tokens.get(question, (shared) => ask(deps, options, provider, place, shared), signal);
    },
  };
}

async function ask(
  { programs }: KubeletLevelDeps,
  options: KubeletLevelOptions,
  provider: Provider,
  place: string,
  signal: AbortSignal,
): Promise<Material> {
  const identity = `provider ${provider.name}`;
  const { apiVersion, args } = provider;
  const call = {
    path: join(options.programFolder, provider.name),
    args,
    environment: { ...options.environment, ...provider.environment },
    input: `${JSON.stringify({ kind: 'CredentialProviderRequest', apiVersion, image: place })}\n`,
    maxOutputBytes: maxAnswerBytes,
    timeLimitMs,
  };
  const result = await programs.run(call, signal).catch((error: unknown) => {
    throw error instanceof AppError ? unavailable(identity, error.message, error) : error;
  });
  if (result.exitCode !== 0) {
    throw unavailable(identity, `the program ended with ${result.exitCode ?? 'a signal'}`);
  }
  return readAnswer(result.output, provider, place);
}

function readAnswer(output: string, provider: Provider, place: string): Material {
  const identity = `provider ${provider.name}`;
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw unavailable(identity, 'the program wrote something else than JSON');
  }
  if (!isJsonObject(answer) || answer['kind'] !== 'CredentialProviderResponse') {
    throw unavailable(identity, 'the program wrote something else than a CredentialProviderResponse');
  }
  const { auth, cacheDuration } = answer;
  const found = findDockerAuth({ auths: isJsonObject(auth) ? auth : {} }, [place]);
  if (found.kind !== 'auth') throw unavailable(identity, `the answer has nothing for "${place}"`);
  const stated = typeof cacheDuration === 'string' ? parseDuration(cacheDuration) : undefined;
  const lifeMs = stated ?? provider.defaultLifeMs;
  return { ...found.auth, isToken: true, keptForMs: Math.max(0, lifeMs) };
}

function readProviders(deps: KubeletLevelDeps, path: string): readonly Provider[] | string {
  let document: JsonValue;
  try {
    document = parseYaml(deps.readFile(path));
  } catch {
    return 'the file cannot be read';
  }
  if (!isJsonObject(document) || document['kind'] !== 'CredentialProviderConfig') {
    return 'it is not a CredentialProviderConfig';
  }
  const { providers } = document;
  if (!Array.isArray(providers)) return 'it has no list of providers';
  const read = providers.map((item, index) => readProvider(item, index));
  return read.find((one) => typeof one === 'string') ?? (read as readonly Provider[]);
}

function readProvider(item: JsonValue, index: number): Provider | string {
  const where = `providers[${index}]`;
  if (!isJsonObject(item)) return `${where} is not a mapping`;
  const { name, matchImages, defaultCacheDuration, apiVersion, args, env } = item;
  if (typeof name !== 'string' || !/^[\w.-]+$/.test(name) || name === '.' || name === '..') {
    return `${where}.name is not the name of a program`;
  }
  if (!isTexts(matchImages) || matchImages.length === 0)
    return `${where}.matchImages is not a list of patterns`;
  const lifeMs = typeof defaultCacheDuration === 'string' ? parseDuration(defaultCacheDuration) : undefined;
  if (lifeMs === undefined) return `${where}.defaultCacheDuration is not a duration`;
  if (typeof apiVersion !== 'string' || !versions.includes(apiVersion))
    return `${where}.apiVersion is not known`;
  if (args !== undefined && !isTexts(args)) return `${where}.args is not a list of texts`;
  const environment = readEnvironment(env);
  if (environment === undefined) return `${where}.env is not a list of names and values`;
  return { name, matchImages, defaultLifeMs: lifeMs, apiVersion, args: args ?? [], environment };
}

function readEnvironment(env: JsonValue | undefined): Record<string, string> | undefined {
  if (env === undefined || env === null) return {};
  if (!Array.isArray(env)) return undefined;
  const pairs = env.map((item: JsonValue): readonly [string, string] | undefined => {
    const { name, value }: JsonObject = isJsonObject(item) ? item : {};
    return typeof name === 'string' && typeof value === 'string' ? [name, value] : undefined;
  });
  const known = pairs.filter((pair) => pair !== undefined);
  return known.length === pairs.length ? Object.fromEntries(known) : undefined;
}

function isTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
