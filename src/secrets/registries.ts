import { configMaps } from '../api/core/index.ts';
import { AppError } from '../base/index.ts';
import type { Clock, KubeReader, Log } from '../ports/index.ts';
import { credentialsErrors } from './errors.ts';
import { parseRegistriesConf, type RegistriesConf, type RegistryEntry } from './registries-conf.ts';

/** The label of ConfigMaps whose key `registries.conf` configures registries. */
export const registriesLabel = 'gantry.io/registries';
/** The key, as in Argo CD Image Updater's ConfigMap. */
export const registriesKey = 'registries.conf';

/** Where configurations of registries are read from. */
export interface RegistriesDeps {
  readonly reader: Pick<KubeReader, 'listLive'> & Partial<Pick<KubeReader, 'list'>>;
  readonly clock: Clock;
  readonly log: Log;
  /** The text of a file; throws when it cannot be read. */
  readFile(path: string): string;
}

/** Which of them are used. */
export interface RegistriesOptions {
  /** A file in Argo CD Image Updater's form. */
  readonly file?: string;
  /** The namespace whose labeled ConfigMaps count; none when absent. */
  readonly namespace?: string;
}

/** What is in force. */
export interface Registries {
  readonly conf: RegistriesConf;
  /** What is wrong with the newest texts; where there was a good one before, that is in force. */
  readonly problems: readonly string[];
  /** Some configuration has never been readable, so that nobody knows what it would say. */
  readonly isBlind: boolean;
}

/** Keeps the configuration of registries up to date, and the last good one when an edit is bad. */
export interface RegistriesSource {
  /** Looks for changes, at most once a second, and gives what is in force. */
  load(signal: AbortSignal): Promise<Registries>;
  /** What the last `load` gave. */
  peek(): Registries;
}

interface Origin {
  readonly name: string;
  readonly text: string | undefined;
}

interface Held {
  readonly text: string | undefined;
  readonly good: RegistriesConf | undefined;
  readonly problems: readonly string[];
}

const none: Registries = { conf: { entries: [], warnings: [] }, problems: [], isBlind: false };
const fileLookMs = 1_000;
const liveLookMs = 30_000;

/** Creates the source; nothing is read yet. */
export function createRegistriesSource(deps: RegistriesDeps, options: RegistriesOptions): RegistriesSource {
  const held = new Map<string, Held>();
  let inForce = none;
  let nextLookMs = Number.NEGATIVE_INFINITY;
  const live = createLiveLook(deps);

  function take({ name, text }: Origin): void {
    const before = held.get(name);
    if (before !== undefined && before.text === text) return;
    const parsed =
      text === undefined
        ? { ok: false as const, problems: ['it cannot be read'] }
        : parseRegistriesConf(text, deps.readFile);
    if (parsed.ok) {
      held.set(name, { text, good: parsed, problems: [] });
      if (before !== undefined) deps.log.info('registry configuration reloaded', { name });
      return;
    }
    const problems = parsed.problems.map((problem) => `${name}: ${problem}`);
    held.set(name, { text, good: before?.good, problems });
    const kept = before?.good === undefined ? 'none was good before' : 'the last good one stays in force';
    deps.log.warn('registry configuration is not accepted', {
      name,
      error: `${problems.join('; ')} (${kept})`,
    });
  }

  return {
    async load(signal) {
      if (options.file === undefined && options.namespace === undefined) return inForce;
      const nowMs = deps.clock.nowMs();
      if (nowMs < nextLookMs) return inForce;
      const origins = [
        ...(options.file === undefined ? [] : [readFileOrigin(deps, options.file)]),
        ...(options.namespace === undefined ? [] : await live(options.namespace, signal)),
      ];
      const names = new Set(origins.map(({ name }) => name));
      for (const name of held.keys()) if (!names.has(name)) held.delete(name);
      for (const origin of origins) take(origin);
      inForce = merge(origins.flatMap(({ name }) => [[name, held.get(name)] as const]));
      nextLookMs = nowMs + fileLookMs;
      return inForce;
    },
    peek: () => inForce,
  };
}

function readFileOrigin(deps: RegistriesDeps, path: string): Origin {
  try {
    return { name: path, text: deps.readFile(path) };
  } catch {
    return { name: path, text: undefined };
  }
}

/** From the watch, whose changes count at once; where ConfigMaps are not watched, from the server now and then. */
function createLiveLook(
  deps: RegistriesDeps,
): (namespace: string, signal: AbortSignal) => Promise<readonly Origin[]> {
  let last: readonly Origin[] = [];
  let nextMs = Number.NEGATIVE_INFINITY;
  return async (namespace, signal) => {
    try {
      const watched = deps.reader.list?.(configMaps, { namespace });
      if (watched !== undefined) return toOrigins(watched, namespace);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'kube.not-watched') throw error;
    }
    if (deps.clock.nowMs() < nextMs) return last;
    nextMs = deps.clock.nowMs() + liveLookMs;
    try {
      const selection = { namespace, labels: `${registriesLabel}=true` };
      last = toOrigins(await deps.reader.listLive(configMaps, selection, signal), namespace);
    } catch (error) {
      // Whoever may not read them has none.
      if (!(error instanceof AppError) || error.code !== 'kube.forbidden') throw error;
    }
    return last;
  };
}

function toOrigins(
  maps: readonly {
    readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
    readonly data?: Readonly<Record<string, string>>;
  }[],
  namespace: string,
): readonly Origin[] {
  return maps
    .filter(({ metadata }) => metadata.labels?.[registriesLabel] === 'true')
    .map(({ metadata, data }) => ({
      name: `configmap ${namespace}/${metadata.name}`,
      text: data?.[registriesKey],
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function merge(all: readonly (readonly [string, Held | undefined])[]): Registries {
  const entries: RegistryEntry[] = [];
  const warnings: string[] = [];
  const problems: string[] = [];
  const prefixes = new Set<string>();
  let isBlind = false;
  for (const [name, one] of all) {
    if (one === undefined) continue;
    problems.push(...one.problems);
    isBlind ||= one.good === undefined;
    warnings.push(...(one.good?.warnings ?? []).map((warning) => `${name}: ${warning}`));
    for (const entry of one.good?.entries ?? []) {
      if (prefixes.has(entry.prefix)) {
        warnings.push(
          `${name}: the prefix "${entry.prefix}" stands in an earlier configuration, which counts`,
        );
        continue;
      }
      prefixes.add(entry.prefix);
      entries.push(entry);
    }
  }
  return { conf: { entries, warnings }, problems, isBlind };
}

/** The error for requests that nobody can answer as long as a configuration is unreadable. */
export function blindError({ problems }: Registries): AppError {
  const message = `the configuration of registries was never readable: ${problems.join('; ')}`;
  return credentialsErrors.create('credentials.invalid-source', message);
}
