import { isJsonObject, type JsonValue, parseDuration } from '../base/index.ts';
import { type PlacedYaml, parseYamlWithPlaces } from '../base/yaml/index.ts';
import { parseSourceRef, type SourceRef } from './source-ref.ts';

/** One registry of a `registries.conf`. */
export interface RegistryEntry {
  /** For messages. */
  readonly name: string;
  /** "host[:port][/path]", which images are served by their names. */
  readonly prefix: string;
  /** Where its API is, without a final slash. */
  readonly apiUrl: string;
  readonly credentials: SourceRef | undefined;
  /** How long a credential that was run for may be kept, milliseconds; `undefined`: until it is refused. */
  readonly credentialsLifeMs: number | undefined;
  readonly insecure: boolean;
  /** PEM. */
  readonly caPem: string | undefined;
  readonly defaultNamespace: string | undefined;
  /** Requests per second; 0 is no limit; `undefined` where nothing is said. */
  readonly limit: number | undefined;
  readonly isDefault: boolean;
  readonly tagSortMode: 'none' | 'latest-first' | 'latest-last';
}

/** A configuration that was read, with what is allowed and yet odd. */
export interface RegistriesConf {
  readonly entries: readonly RegistryEntry[];
  readonly warnings: readonly string[];
}

/** A configuration, or what is wrong with it: each with line and field. */
export type RegistriesConfResult =
  | ({ readonly ok: true } & RegistriesConf)
  | { readonly ok: false; readonly problems: readonly string[] };

const fields: readonly string[] = [
  'name',
  'prefix',
  'api_url',
  'ping',
  'credentials',
  'credsexpire',
  'tagsortmode',
  'insecure',
  'ca_file',
  'ca_data',
  'defaultns',
  'limit',
  'default',
];

/**
 * Reads Argo CD Image Updater's `registries.conf`: every key known, none twice.
 *
 * Deliberate differences: a prefix is required and unique; `api_url` may be left out; `credsexpire` needs a unit; sources are
 * parsed at once; the old spelling of sort modes with underscores is read.
 * `readFile`: the text of a CA file; throws when it cannot be read.
 */
export function parseRegistriesConf(text: string, readFile: (path: string) => string): RegistriesConfResult {
  const placed = parseYamlWithPlaces(text);
  if (typeof placed === 'string') return { ok: false, problems: [placed] };
  const reading = new Reading(placed, readFile);
  const entries = reading.entries();
  if (reading.problems.length > 0) return { ok: false, problems: reading.problems };
  return { ok: true, entries, warnings: reading.warnings };
}

class Reading {
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  readonly #yaml: PlacedYaml;
  readonly #readFile: (path: string) => string;

  constructor(yaml: PlacedYaml, readFile: (path: string) => string) {
    this.#yaml = yaml;
    this.#readFile = readFile;
  }

  entries(): readonly RegistryEntry[] {
    const { value } = this.#yaml;
    if (value === null) return [];
    if (!isJsonObject(value)) return this.#refuse([], 'expected the one key "registries"') ?? [];
    for (const key of Object.keys(value)) if (key !== 'registries') this.#refuse([key], 'is not known');
    const list = value['registries'] ?? [];
    if (!Array.isArray(list)) return this.#refuse(['registries'], 'expected a list') ?? [];
    const entries = list.flatMap((item, index) => this.#entry(item, index) ?? []);
    this.#checkTogether(entries);
    return entries.map(({ entry }) => entry);
  }

  #entry(
    item: JsonValue,
    index: number,
  ): { readonly entry: RegistryEntry; readonly index: number } | undefined {
    if (!isJsonObject(item)) return this.#refuse(['registries', index], 'expected a mapping');
    const at = (field: string): (string | number)[] => ['registries', index, field];
    for (const key of Object.keys(item)) if (!fields.includes(key)) this.#refuse(at(key), 'is not known');
    const text = (field: string): string | undefined => {
      const value = item[field];
      if (value === undefined || value === null || value === '') return undefined;
      if (typeof value === 'string') return value;
      return this.#refuse(at(field), 'expected a text');
    };
    const flag = (field: string): boolean => {
      const value = item[field] ?? false;
      return typeof value === 'boolean'
        ? value
        : (this.#refuse(at(field), 'expected true or false') ?? false);
    };
    const prefix = text('prefix')?.toLowerCase().replace(/\/+$/, '');
    const name = text('name');
    if (name === undefined) this.#refuse(at('name'), 'is required');
    if (prefix === undefined) this.#refuse(at('prefix'), 'is required');
    else if (!/^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._/-]+)?$/.test(prefix)) {
      this.#refuse(at('prefix'), 'expected a host and perhaps a path, such as "ghcr.io/team"');
    }
    flag('ping');
    const entry: RegistryEntry = {
      name: name ?? '',
      prefix: prefix ?? '',
      apiUrl: this.#apiUrl(text('api_url'), prefix ?? '', at('api_url')),
      credentials: this.#credentials(text('credentials'), at('credentials')),
      credentialsLifeMs: this.#life(item['credsexpire'], at('credsexpire')),
      insecure: flag('insecure'),
      caPem: this.#certificates(text('ca_file'), text('ca_data'), at),
      defaultNamespace: text('defaultns'),
      limit: this.#limit(item['limit'], at('limit')),
      isDefault: flag('default'),
      tagSortMode: this.#sortMode(text('tagsortmode'), at('tagsortmode')),
    };
    this.#warnOfIdle(entry, at);
    return { entry, index };
  }

  #apiUrl(text: string | undefined, prefix: string, path: (string | number)[]): string {
    if (text === undefined) {
      const host = prefix.split('/')[0] ?? '';
      return host === 'docker.io' ? 'https://registry-1.docker.io' : `https://${host}`;
    }
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
    if (!isPlain || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
      this.#refuse(path, 'expected an http or https address without user and query');
    }
    return text.replace(/\/$/, '');
  }

  #credentials(text: string | undefined, path: (string | number)[]): SourceRef | undefined {
    if (text === undefined) return undefined;
    const parsed = parseSourceRef(text);
    return parsed.ok ? parsed.ref : this.#refuse(path, parsed.problem);
  }

  #life(value: JsonValue | undefined, path: (string | number)[]): number | undefined {
    if (value === undefined || value === null || value === '' || value === 0) return undefined;
    const ms = typeof value === 'string' && !/^-?\d+$/.test(value) ? parseDuration(value) : undefined;
    if (ms === undefined) return this.#refuse(path, 'expected a duration with its unit, such as "1h30m"');
    return ms > 0 ? ms : undefined;
  }

  #certificates(
    file: string | undefined,
    data: string | undefined,
    at: (field: string) => (string | number)[],
  ): string | undefined {
    const parts: string[] = [];
    if (data !== undefined) parts.push(this.#pem(data, at('ca_data')) ?? '');
    if (file !== undefined) {
      try {
        parts.push(this.#pem(this.#readFile(file), at('ca_file')) ?? '');
      } catch {
        this.#refuse(at('ca_file'), `the file "${file}" cannot be read`);
      }
    }
    return parts.length === 0 ? undefined : parts.join('\n');
  }

  #pem(text: string, path: (string | number)[]): string | undefined {
    if (/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text)) return text;
    return this.#refuse(path, 'there is no certificate in PEM');
  }

  #limit(value: JsonValue | undefined, path: (string | number)[]): number | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
      return this.#refuse(path, 'expected a whole number of requests per second');
    }
    if (value === 0) this.#warn(path, 'is 0: requests to this registry are not limited');
    return value;
  }

  #sortMode(text: string | undefined, path: (string | number)[]): RegistryEntry['tagSortMode'] {
    const mode = (text ?? 'none').toLowerCase().replaceAll('_', '-');
    if (mode === 'none' || mode === 'latest-first' || mode === 'latest-last') return mode;
    return this.#refuse(path, 'expected none, latest-first or latest-last') ?? 'none';
  }

  /** Names of images are Kargo's, and what is selected is the subscription's: these fields change neither. */
  #warnOfIdle(entry: RegistryEntry, at: (field: string) => (string | number)[]): void {
    const isDockerHub = entry.prefix === 'docker.io';
    if (entry.tagSortMode !== 'none') this.#warn(at('tagsortmode'), 'has no effect');
    if (entry.isDefault && !isDockerHub) {
      this.#warn(at('default'), 'has no effect: names without a host are those of Docker Hub');
    }
    const isUsual =
      entry.defaultNamespace === undefined || (isDockerHub && entry.defaultNamespace === 'library');
    if (!isUsual) this.#warn(at('defaultns'), 'has no effect: names of images are taken as they are');
    if (URL.canParse(entry.apiUrl) && new URL(entry.apiUrl).pathname !== '/') {
      this.#warn(at('api_url'), 'its path has no effect');
    }
  }

  #checkTogether(entries: readonly { readonly entry: RegistryEntry; readonly index: number }[]): void {
    const seen = new Set<string>();
    let hasDefault = false;
    for (const { entry, index } of entries) {
      const { prefix, isDefault } = entry;
      if (prefix !== '' && seen.has(prefix)) {
        this.#refuse(['registries', index, 'prefix'], `"${prefix}" stands twice`);
      }
      seen.add(prefix);
      if (isDefault && hasDefault) this.#refuse(['registries', index, 'default'], 'there is another default');
      hasDefault ||= isDefault;
    }
  }

  #refuse(path: readonly (string | number)[], what: string): undefined {
    this.problems.push(this.#say(path, what));
    return undefined;
  }

  #warn(path: readonly (string | number)[], what: string): void {
    this.warnings.push(this.#say(path, what));
  }

  #say(path: readonly (string | number)[], what: string): string {
    const [, index, ...rest] = path;
    const field =
      typeof index === 'number' ? [`registries[${index}]`, ...rest].join('.') : path.join('.') || 'the file';
    return `line ${this.#yaml.lineOf(path)}: ${field}: ${what}`;
  }
}

/**
 * The entry that serves an image: of those whose prefix ends at a boundary of its "host/path", the one with the longest.
 * A path-scoped entry is found whatever stands before it.
 */
export function findRegistry(conf: RegistriesConf, place: string): RegistryEntry | undefined {
  return conf.entries
    .filter(({ prefix }) => servesPlace(prefix, place))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

function servesPlace(prefix: string, place: string): boolean {
  const [host = '', ...path] = prefix.split('/');
  const known = [dockerHubNames.includes(host) ? dockerHubNames[0] : host, ...path].join('/');
  return place === known || place.startsWith(`${known}/`);
}

const dockerHubNames: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
