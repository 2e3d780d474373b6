/** One sample of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the samples of a Prometheus text, e.g. `requests_total{verb="GET",code="200"} 12`. */
export function parseSamples(text: string): readonly Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const parts = /^(?<name>\w+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/.exec(line)?.groups;
    if (parts === undefined) continue;
    const labels: Record<string, string> = {};
    for (const found of (parts['labels'] ?? '').matchAll(/(?<key>\w+)="(?<text>(?:[^"\\]|\\.)*)"/g)) {
      labels[found.groups?.['key'] ?? ''] = found.groups?.['text'] ?? '';
    }
    samples.push({ name: parts['name'] ?? '', labels, value: Number(parts['value']) });
  }
  return samples;
}

/** Counters of a process at one moment. */
export class Counters {
  readonly #samples: readonly Sample[];

  constructor(samples: readonly Sample[]) {
    this.#samples = samples;
  }

  /** The sum of a counter over the samples that pass. */
  sum(name: string, accepts: (labels: Readonly<Record<string, string>>) => boolean = () => true): number {
    return this.#samples
      .filter((sample) => sample.name === name && accepts(sample.labels))
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** The sums of a counter by a text made of its labels, largest first. */
  by(
    name: string,
    toText: (labels: Readonly<Record<string, string>>) => string,
  ): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const sample of this.#samples) {
      if (sample.name !== name) continue;
      const text = toText(sample.labels);
      sums.set(text, (sums.get(text) ?? 0) + sample.value);
    }
    return sums;
  }
}

/** Scrapes a process. */
export async function scrape(baseUrl: string): Promise<Counters> {
  const response = await fetch(`${baseUrl}/metrics`);
  return new Counters(parseSamples(await response.text()));
}

const writeVerbs = new Set(['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE']);

/** Kubernetes writes that an API server has accepted or refused, reviews and leases left out. */
export function countWrites(counters: Counters): number {
  return counters.sum('apiserver_request_total', (labels) => isWrite(labels));
}

/** The same by verb, resource and code. */
export function writesByKind(counters: Counters): ReadonlyMap<string, number> {
  return counters.by('apiserver_request_total', (labels) =>
    isWrite(labels)
      ? `${labels['verb']} ${labels['resource']}${labels['subresource'] === '' ? '' : `/${labels['subresource']}`} ${labels['code']}`
      : '',
  );
}

/** What was added between two moments; entries without change are left out. */
export function growth(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const added = [...after].map(([text, value]) => [text, value - (before.get(text) ?? 0)] as const);
  return new Map(added.filter(([text, value]) => text !== '' && value !== 0));
}

function isWrite(labels: Readonly<Record<string, string>>): boolean {
  const resource = labels['resource'] ?? '';
  return writeVerbs.has(labels['verb'] ?? '') && resource !== 'leases' && !resource.endsWith('reviews');
}
