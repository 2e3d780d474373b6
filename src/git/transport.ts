import { LRUCache } from 'lru-cache';
import type { GitRemote } from '../ports/index.ts';
import {
  type Advertisement,
  type Capabilities,
  encodeFetchRequest,
  encodeLsRefsRequest,
  encodePack,
  encodePushCommands,
  encodeV0FetchRequest,
  type FetchRequest,
  type GitObject,
  hasFeature,
  type IdentifiedObject,
  PacketReader,
  type PushReport,
  type RefCommand,
  type RemoteRef,
  readFetchResponse,
  readLsRefsResponse,
  readPack,
  readPushReport,
  readSideBand,
  readV0FetchResponse,
  toCapabilities,
} from '../wire/git/index.ts';
import { accessKey } from './access.ts';
import type { Carrier, Next } from './carrier.ts';
import { gitErrors } from './errors.ts';
import { together } from './together.ts';
import { describeUrl, parseRemoteUrl } from './url.ts';

/** What a push brought back: the report, and what the host said to people meanwhile. */
export interface PushAnswer {
  readonly report: PushReport;
  readonly said: string;
}

/** How a push is made beside its commands; nothing of it is usual. */
export interface PushWishes {
  /** All references or none. Errors: git.unsupported where the host cannot promise it. */
  readonly isAtomic?: boolean;
  /** Texts for the host's hooks, such as "ci.skip". Errors: git.unsupported where the host takes none. */
  readonly pushOptions?: readonly string[];
}

/** What the server of a repository was found to be able to do. */
interface Abilities {
  /** Leaves out what a filter names. */
  readonly canFilter: boolean;
  /** Sends any object by its id, not only commits. */
  readonly sendsAnyObject: boolean;
}

/** Repositories whose abilities are remembered. */
const maxRepositories = 5_000;

/** Text of a host that is kept for messages, in characters. */
const maxSaid = 600;

/** The exchanges of git's protocol, versions 0 to 2, one method each, over whatever carries them. */
export class GitTransport {
  readonly #carrier: Carrier;
  readonly #maxPackBytes: number;
  readonly #looks = together<readonly RemoteRef[]>();
  readonly #abilities = new LRUCache<string, Abilities>({ max: maxRepositories });

  constructor(carrier: Carrier, { maxPackBytes }: { readonly maxPackBytes: number }) {
    this.#carrier = carrier;
    this.#maxPackBytes = maxPackBytes;
  }

  /**
   * The references whose names start with one of the prefixes. One request, two for a new repository; those who ask the
   * same with the same credential at the same time share it.
   */
  listRefs(
    remote: GitRemote,
    prefixes: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly RemoteRef[]> {
    const key = JSON.stringify([accessKey(remote), remote.insecureSkipTLSVerify === true, prefixes]);
    return this.#looks.join(key, (shared) => this.#look(remote, prefixes, shared), signal);
  }

  #look(remote: GitRemote, prefixes: readonly string[], signal: AbortSignal): Promise<RemoteRef[]> {
    return this.#carrier.exchange(
      { remote, operation: 'ls-refs', service: 'git-upload-pack' },
      async (advertisement): Promise<Next<RemoteRef[]>> => {
        this.#learn(remote, advertisement);
        if (advertisement.version !== 2) return { kind: 'answered', answer: select(advertisement, prefixes) };
        const request = { prefixes, peel: true, symrefs: true };
        return {
          kind: 'ask',
          body: encodeLsRefsRequest(request, agent(advertisement.capabilities)),
          read: async (stream) => readLsRefsResponse(new PacketReader(stream)),
        };
      },
      signal,
    );
  }

  /** Objects by id. Filters that the server does not know are left out, so that more may come than was asked for. */
  fetch(
    remote: GitRemote,
    request: Omit<FetchRequest, 'done'>,
    resolveBase: (id: string) => GitObject | undefined,
    signal: AbortSignal,
  ): Promise<IdentifiedObject[]> {
    const unpack = (pack: AsyncIterable<Uint8Array>): Promise<IdentifiedObject[]> =>
      readPack(pack, { maxPackBytes: this.#maxPackBytes, resolveBase: async (id) => resolveBase(id) });
    return this.#carrier.exchange(
      { remote, operation: 'fetch', service: 'git-upload-pack' },
      async (advertisement): Promise<Next<IdentifiedObject[]>> => {
        const { canFilter } = this.#learn(remote, advertisement);
        const { filter, ...rest } = request;
        const wanted = { ...rest, ...(canFilter && filter !== undefined ? { filter } : {}), done: true };
        return advertisement.version === 2
          ? askV2(advertisement.capabilities, wanted, unpack)
          : askV0(remote, advertisement.capabilities, wanted, unpack);
      },
      signal,
    );
  }

  /** Does the server leave out what a filter names? Known after the first exchange. */
  canFilter(remote: GitRemote): boolean {
    return this.#abilities.get(parseRemoteUrl(remote).store)?.canFilter === true;
  }

  /** Does the server send trees and files by id? Known after the first exchange; yes until then. */
  sendsAnyObject(remote: GitRemote): boolean {
    return this.#abilities.get(parseRemoteUrl(remote).store)?.sendsAnyObject !== false;
  }

  /** Changes references by compare-and-swap. One request, two for a new host of unknown make. */
  push(
    remote: GitRemote,
    commands: readonly RefCommand[],
    objects: readonly GitObject[],
    signal: AbortSignal,
    wishes: PushWishes = {},
  ): Promise<PushAnswer> {
    const pushOptions = wishes.pushOptions ?? [];
    const needs = [
      ...(wishes.isAtomic === true && commands.length > 1 ? ['atomic'] : []),
      ...(pushOptions.length > 0 ? ['push-options'] : []),
    ];
    return this.#carrier.exchange(
      { remote, operation: 'push', service: 'git-receive-pack', needs },
      async ({ capabilities }): Promise<Next<PushAnswer>> => {
        const used = ['report-status', 'side-band-64k', ...needs];
        const missing = used.find((name) => !capabilities.has(name));
        if (missing !== undefined) throw cannotPush(remote, missing);
        const isSending = commands.some((command) => !/^0+$/.test(command.newId));
        const head = encodePushCommands(commands, [...used, 'agent=gantry'], pushOptions);
        const body = isSending ? Buffer.concat([head, await encodePack(objects)]) : head;
        return { kind: 'ask', body, read: readPushAnswer };
      },
      signal,
    );
  }

  #learn(remote: GitRemote, { version, capabilities }: Advertisement): Abilities {
    const isV2 = version === 2;
    const sendsAnyObject = isV2 || capabilities.has('allow-any-sha1-in-want');
    // What a filter left out could never be asked for again where only commits are sent by id.
    const canFilter = isV2
      ? hasFeature(capabilities, 'fetch', 'filter')
      : sendsAnyObject && capabilities.has('filter');
    const abilities = { canFilter, sendsAnyObject };
    this.#abilities.set(parseRemoteUrl(remote).store, abilities);
    return abilities;
  }
}

type Unpack = (pack: AsyncIterable<Uint8Array>) => Promise<IdentifiedObject[]>;

function askV2(capabilities: Capabilities, wanted: FetchRequest, unpack: Unpack): Next<IdentifiedObject[]> {
  const request = { ...wanted, offsetDelta: true, noProgress: true };
  return {
    kind: 'ask',
    body: encodeFetchRequest(request, agent(capabilities)),
    async read(stream) {
      const answer = await readFetchResponse(new PacketReader(stream));
      if (answer.pack === undefined) throw gitErrors.create('git.protocol', 'the answer has no pack');
      return unpack(answer.pack);
    },
  };
}

/** What is asked for in versions 0 and 1 where the server offers it; some hosts insist on one of the first two. */
const v0Choices: readonly string[] = [
  'multi_ack_detailed',
  'multi_ack',
  'side-band-64k',
  'ofs-delta',
  'no-progress',
  'filter',
];

function askV0(
  remote: GitRemote,
  capabilities: Capabilities,
  wanted: FetchRequest,
  unpack: Unpack,
): Next<IdentifiedObject[]> {
  const isDeepened = wanted.depth !== undefined;
  for (const name of ['side-band-64k', ...(isDeepened ? ['shallow'] : [])]) {
    if (!capabilities.has(name)) {
      const what = `${describeUrl(remote.url)} speaks an old version of git's protocol without "${name}"`;
      throw gitErrors.create('git.unsupported', what);
    }
  }
  const chosen = v0Choices.filter(
    (name) =>
      capabilities.has(name) &&
      (name !== 'filter' || wanted.filter !== undefined) &&
      (name !== 'multi_ack' || !capabilities.has('multi_ack_detailed')),
  );
  return {
    kind: 'ask',
    body: encodeV0FetchRequest({
      ...wanted,
      capabilities: toCapabilities([...chosen, ...agent(capabilities)]),
    }),
    read: async (stream) => unpack(readV0FetchResponse(new PacketReader(stream), { isDeepened })),
  };
}

function select({ refs }: Advertisement, prefixes: readonly string[]): RemoteRef[] {
  if (prefixes.length === 0) return [...refs];
  return refs.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
}

function cannotPush(remote: GitRemote, missing: string): Error {
  const what = describeUrl(remote.url);
  if (missing === 'atomic') {
    return gitErrors.create('git.unsupported', `${what} cannot change several references at once (atomic)`);
  }
  if (missing === 'push-options') {
    return gitErrors.create('git.unsupported', `${what} takes no push options`);
  }
  return gitErrors.create('git.unsupported', `${what} does not report how a push ends`);
}

async function readPushAnswer(stream: AsyncIterable<Uint8Array>): Promise<PushAnswer> {
  let said = '';
  const inner = readSideBand(new PacketReader(stream), (text) => {
    if (said.length < maxSaid) said += text;
  });
  const report = await readPushReport(new PacketReader(inner));
  return { report, said: cleanSaid(said) };
}

function agent(capabilities: Capabilities): string[] {
  return capabilities.has('agent') ? ['agent=gantry'] : [];
}

function cleanSaid(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e\u00a1-\uffff]+/g, ' ')
    .trim()
    .slice(0, maxSaid);
}
