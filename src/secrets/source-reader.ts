import { type Secret, secrets, serviceAccounts } from '../api/core/index.ts';
import { AppError } from '../base/index.ts';
import type { Credential, KubeReader, Programs } from '../ports/index.ts';
import { findDockerAuth, parseDockerConfig } from './docker-config.ts';
import { credentialsErrors } from './errors.ts';
import { unavailable, useless } from './failures.ts';
import { readJwtExpiryMs } from './jwt.ts';
import { readValue } from './match.ts';
import { formatSourceRef, type SourceRef } from './source-ref.ts';
import type { TokenCache } from './token-cache.ts';
import type { Material } from './types.ts';

/** What sources are read with. */
export interface SourceReaderDeps {
  readonly reader: Pick<KubeReader, 'getLive'>;
  readonly programs: Programs;
  readonly tokens: TokenCache;
  /** The variables of this process that "env:" may name, with their values. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** What the operator allows to "env:" and "ext:". */
export interface SourceRules {
  /** Names of variables that may be read. */
  readonly variables: readonly string[];
  /** Files, and folders with everything below them, that may be run. */
  readonly programs: readonly string[];
  /** All that programs find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A source to read, for whom, and how long its answer may be kept. */
export interface SourceCall {
  readonly ref: SourceRef;
  /** How the repository's place may be spelled in a pull secret, "host/path" each. */
  readonly names: readonly string[];
  /** For what is run or read from variables; Secrets are read every time. */
  readonly maxLifeMs: number;
  readonly refused: Credential | undefined;
}

/** Reads what written-down sources hold. */
export interface SourceReader {
  /** Errors: credentials.unusable, credentials.refused-source, credentials.unavailable. */
  read(call: SourceCall, signal: AbortSignal): Promise<Material>;
  /** Why a source may not be used, known without reading it. */
  findRefusal(ref: SourceRef): AppError | undefined;
}

/** Creates the reader of sources. */
export function createSourceReader(deps: SourceReaderDeps, rules: SourceRules): SourceReader {
  const findRefusal = (ref: SourceRef): AppError | undefined => {
    if (ref.kind === 'env' && !rules.variables.includes(ref.variable)) {
      return refuse(ref, 'the variable is not among those that GANTRY_CREDENTIAL_VARIABLES allows');
    }
    if (ref.kind === 'ext' && !isBelowAny(ref.path, rules.programs)) {
      return refuse(ref, 'the program is not among those that GANTRY_CREDENTIAL_PROGRAMS allows');
    }
    return undefined;
  };
  return {
    findRefusal,
    async read({ ref, names, maxLifeMs, refused }, signal) {
      const refusal = findRefusal(ref);
      if (refusal !== undefined) throw refusal;
      const identity = formatSourceRef(ref);
      switch (ref.kind) {
        case 'pullsecret':
          return readPullSecret(await getSecret(deps, ref, identity, signal), names, identity);
        case 'serviceaccount':
          return readServiceAccount(deps, ref, names, signal);
        case 'secret':
          return readField(await getSecret(deps, ref, identity, signal), ref.field, identity);
        case 'env':
          return readVariable(deps.variables[ref.variable], identity);
        case 'ext':
          return deps.tokens.get(
            { key: identity, identity, maxLifeMs, refused },
            (shared) => runScript(deps.programs, ref.path, rules.environment, shared),
            signal,
          );
      }
    },
  };
}

function refuse(ref: SourceRef, why: string): AppError {
  return credentialsErrors.create('credentials.refused-source', `${formatSourceRef(ref)} is refused: ${why}`);
}

/** By segments, and never by a path that climbs. */
function isBelowAny(path: string, allowed: readonly string[]): boolean {
  if (path.split('/').some((segment) => segment === '..' || segment === '.')) return false;
  return allowed.some((one) => {
    const folder = one.replace(/\/+$/, '');
    return folder !== '' && (path === folder || path.startsWith(`${folder}/`));
  });
}

async function getSecret(
  { reader }: SourceReaderDeps,
  key: { readonly namespace: string; readonly name: string },
  identity: string,
  signal: AbortSignal,
): Promise<Secret> {
  const found = await reader.getLive(secrets, { namespace: key.namespace, name: key.name }, signal);
  if (found === undefined) throw useless(identity, 'there is no such Secret');
  return found;
}

/** Source: Argo CD Image Updater reads ".dockerconfigjson" alone; the older form is an addition. */
function readPullSecret(secret: Secret, names: readonly string[], identity: string): Material {
  const current = readValue(secret, '.dockerconfigjson');
  const text = current ?? readValue(secret, '.dockercfg');
  if (text === undefined) throw useless(identity, 'it has neither ".dockerconfigjson" nor ".dockercfg"');
  const config = parseDockerConfig(text, current === undefined ? 'legacy' : 'config');
  if (typeof config === 'string') throw useless(identity, config);
  const found = findDockerAuth(config, names);
  if (found.kind === 'problem') throw useless(identity, found.problem);
  if (found.kind === 'none') {
    const keys = found.keys.length === 0 ? 'none' : found.keys.map((key) => `"${key}"`).join(', ');
    throw useless(identity, `none of its entries is for ${names.join(' or ')}; it has: ${keys}`);
  }
  return withJwtExpiry(found.auth);
}

async function readServiceAccount(
  deps: SourceReaderDeps,
  ref: Extract<SourceRef, { kind: 'serviceaccount' }>,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Material> {
  const identity = formatSourceRef(ref);
  const { namespace, name } = ref;
  const account = await deps.reader.getLive(serviceAccounts, { namespace, name }, signal);
  if (account === undefined) throw useless(identity, 'there is no such ServiceAccount');
  const pullSecrets = account.imagePullSecrets ?? [];
  if (pullSecrets.length === 0) throw useless(identity, 'it has no imagePullSecrets');
  const problems: string[] = [];
  for (const one of pullSecrets) {
    const what = `pullsecret:${namespace}/${one.name}`;
    try {
      return readPullSecret(await getSecret(deps, { namespace, name: one.name }, what, signal), names, what);
    } catch (error) {
      if (!credentialsErrors.is(error, 'credentials.unusable')) throw error;
      problems.push(error.message);
    }
  }
  throw useless(identity, problems.join('; '));
}

function readField(secret: Secret, field: string, identity: string): Material {
  const text = readValue(secret, field);
  if (text === undefined) throw useless(identity, 'the Secret has no such field');
  const trimmed = text.replace(/\r?\n$/, '');
  const material = readPair(trimmed, identity);
  if (trimmed === text) return material;
  return { ...material, warnings: ['a line break at the end of the field is left out'] };
}

function readVariable(text: string | undefined, identity: string): Material {
  if (text === undefined || text === '') throw useless(identity, 'the variable is not set');
  return readPair(text, identity);
}

/** "user:password", cut at the first colon. */
function readPair(text: string, identity: string): Material {
  const colon = text.indexOf(':');
  if (colon < 0) throw useless(identity, 'it is not of the form "user:password"');
  const username = text.slice(0, colon);
  const password = text.slice(colon + 1);
  if (username === '' || password === '') throw useless(identity, 'user name or password is empty');
  return withJwtExpiry({ username, password });
}

async function runScript(
  programs: Programs,
  path: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Material> {
  const identity = `ext:${path}`;
  const { exitCode, output } = await runOrTell(programs, path, environment, signal);
  if (exitCode !== 0) throw unavailable(identity, `the program ended with ${exitCode ?? 'a signal'}`);
  const line = output.replace(/\r?\n$/, '');
  if (/[\r\n]/.test(line)) throw useless(identity, 'the program wrote more than one line');
  return { ...readPair(line, identity), isToken: true };
}

async function runOrTell(
  programs: Programs,
  path: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): ReturnType<Programs['run']> {
  try {
    return await programs.run({ path, environment, maxOutputBytes: maxScriptBytes }, signal);
  } catch (error) {
    // Messages of the runner have no word of what the program wrote.
    if (error instanceof AppError) throw unavailable(`ext:${path}`, error.message, error);
    throw error;
  }
}

const maxScriptBytes = 64 * 1024;

function withJwtExpiry(material: Material): Material {
  const expiresAtMs = readJwtExpiryMs(material.password ?? material.identityToken);
  return expiresAtMs === undefined ? material : { ...material, expiresAtMs };
}
