import { isJsonObject, type JsonObject } from '../../base/index.ts';
import {
  anyType,
  type FunctionSignature,
  type HostFunction,
  refuse,
  stringType,
  type Value,
} from '../../expr/index.ts';
import { normalizeGitUrl } from '../urls/index.ts';
import {
  artifactRecord,
  chartRecord,
  commitRecord,
  imageRecord,
  originRecord,
  readOrigin,
} from './records.ts';
import {
  type ArtifactOrigin,
  type FreightContents,
  lookUpAll,
  objectAt,
  type Snapshot,
  textAt,
} from './snapshot.ts';

const byRepo = [
  { params: [stringType], result: anyType },
  { params: [stringType, anyType], result: anyType },
];

/** Functions that find artifacts in the Freight being promoted. */
export const freightFunctions: readonly FunctionSignature[] = [
  {
    name: 'warehouse',
    signature: 'warehouse(name: string): origin',
    summary: 'The origin of Freight that the Warehouse of this name makes.',
    example: { source: "warehouse('main').Name", result: '"main"' },
    overloads: [{ params: [stringType], result: anyType }],
  },
  {
    name: 'commitFrom',
    signature: 'commitFrom(repoURL: string, origin?: origin): commit',
    summary: 'The commit of a Git repository in the Freight, or nil.',
    example: { source: "commitFrom('https://github.com/example/repo').ID[:7]", result: '"8a1b2c3"' },
    whenNil: 'no Freight here holds a commit of this repository',
    overloads: byRepo,
  },
  {
    name: 'imageFrom',
    signature: 'imageFrom(repoURL: string, origin?: origin): image',
    summary: 'The image of a repository in the Freight, or nil.',
    example: { source: "imageFrom('ghcr.io/example/app').Tag", result: '"49040600"' },
    whenNil: 'no Freight here holds an image of this repository',
    overloads: byRepo,
  },
  {
    name: 'chartFrom',
    signature: 'chartFrom(repoURL: string, name?: string, origin?: origin): chart',
    summary: 'The chart of a repository in the Freight, or nil; an error when nothing subscribes to it.',
    example: { source: "chartFrom('oci://ghcr.io/example/charts/app').Version", result: '"1.10.0"' },
    whenNil: 'no Freight here holds this chart',
    overloads: [...byRepo, { params: [stringType, stringType, anyType], result: anyType }],
  },
  {
    name: 'artifactFrom',
    signature: 'artifactFrom(subscription: string, origin?: origin): artifact',
    summary: 'The artifact of a named subscription in the Freight, or nil.',
    example: { source: "artifactFrom('models').Version", result: '"2024-01-01"' },
    whenNil: 'no Freight here holds an artifact of this subscription',
    overloads: byRepo,
  },
];

/** How one kind of artifact is recognized in subscriptions and in Freight. */
interface Finder {
  /** For messages, e.g. "image from ghcr.io/x/y". */
  readonly what: string;
  subscribes(subscription: JsonObject): boolean;
  find(freight: FreightContents): Value;
}

/** What the functions do over a snapshot. */
export function createFreightFunctions(snapshot: Snapshot): Readonly<Record<string, HostFunction>> {
  const run = (finder: Finder, origin: Value | undefined, isStrict = false): Value =>
    findArtifact(snapshot, finder, origin === undefined ? undefined : requireOrigin(origin), isStrict);
  return {
    warehouse: ([name]) => {
      if (name === '') throw refuse('the name of a Warehouse must not be empty');
      return originRecord({ kind: 'Warehouse', name: String(name) });
    },
    commitFrom: ([url, origin]) => run(commitFinder(String(url)), origin),
    imageFrom: ([url, origin]) => run(imageFinder(String(url)), origin),
    chartFrom: ([url, second, third]) => {
      const name = typeof second === 'string' ? second : '';
      return run(chartFinder(String(url), name), typeof second === 'string' ? third : second, true);
    },
    artifactFrom: ([name, origin]) => run(artifactFinder(String(name)), origin),
  };
}

function requireOrigin(value: Value): ArtifactOrigin {
  const origin = readOrigin(value);
  if (origin === undefined) throw refuse("an origin is needed here, e.g. warehouse('name')");
  return origin;
}

/** Source: Kargo's behavior. Without an origin, exactly one requested Warehouse must subscribe to the artifact. */
function findArtifact(
  snapshot: Snapshot,
  finder: Finder,
  given: ArtifactOrigin | undefined,
  isStrict: boolean,
): Value {
  const origin = given ?? subscribedOrigin(snapshot, finder);
  if (origin === undefined) {
    if (isStrict) throw refuse(`no requested Warehouse subscribes to ${finder.what}`);
    return null;
  }
  for (const freight of snapshot.freight) {
    if (freight.origin.kind !== origin.kind || freight.origin.name !== origin.name) continue;
    const found = finder.find(freight);
    if (found !== null) return found;
  }
  return null;
}

function subscribedOrigin(snapshot: Snapshot, finder: Finder): ArtifactOrigin | undefined {
  const origins = snapshot.requestedOrigins.filter((origin) => origin.kind === 'Warehouse');
  const names = origins.map((origin) => origin.name);
  const warehouses = lookUpAll(snapshot, 'warehouse', snapshot.project, names);
  const matching = origins.filter((origin, index) => {
    const warehouse = warehouses[index] ?? null;
    if (warehouse === null) {
      throw refuse(`the Warehouse "${origin.name}" does not exist in namespace "${snapshot.project}"`);
    }
    const list = objectAt(warehouse, 'spec')?.['subscriptions'];
    return Array.isArray(list) && list.some((item) => isJsonObject(item) && finder.subscribes(item));
  });
  if (matching.length > 1) {
    const found = matching.map((origin) => `"${origin.name}"`).join(' and ');
    throw refuse(`the Warehouses ${found} both subscribe to ${finder.what}: name one with warehouse()`);
  }
  return matching[0];
}

function pick(
  list: readonly JsonObject[] | undefined,
  test: (item: JsonObject) => boolean,
  make: (item: JsonObject) => Value,
): Value {
  const found = list?.find(test);
  return found === undefined ? null : make(found);
}

function commitFinder(url: string): Finder {
  const wanted = normalizeGitUrl(url);
  const isSame = (item: JsonObject | undefined): boolean =>
    item !== undefined && normalizeGitUrl(textAt(item, 'repoURL')) === wanted;
  return {
    what: `the Git repository ${url}`,
    subscribes: (subscription) => isSame(objectAt(subscription, 'git')),
    find: (freight) => pick(freight.commits, isSame, commitRecord),
  };
}

function imageFinder(url: string): Finder {
  return {
    what: `the image repository ${url}`,
    subscribes: (subscription) => textAt(objectAt(subscription, 'image'), 'repoURL') === url && url !== '',
    find: (freight) => pick(freight.images, (image) => textAt(image, 'repoURL') === url, imageRecord),
  };
}

function chartFinder(url: string, name: string): Finder {
  const isSame = (item: JsonObject | undefined): boolean =>
    item !== undefined && textAt(item, 'repoURL') === url && textAt(item, 'name') === name;
  return {
    what: name === '' ? `the chart repository ${url}` : `the chart "${name}" of ${url}`,
    subscribes: (subscription) => isSame(objectAt(subscription, 'chart')),
    find: (freight) => pick(freight.charts, isSame, chartRecord),
  };
}

function artifactFinder(name: string): Finder {
  const isSame = (item: JsonObject): boolean => textAt(item, 'subscriptionName') === name;
  return {
    what: `the subscription "${name}"`,
    subscribes: (subscription) =>
      textAt(subscription, 'name') === name ||
      Object.keys(subscription).some((member) => textAt(objectAt(subscription, member), 'name') === name),
    find: (freight) => pick(freight.artifacts, isSame, artifactRecord),
  };
}
