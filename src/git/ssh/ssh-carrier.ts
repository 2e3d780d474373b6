import { createHash } from 'node:crypto';
import { orAbort } from '../../flights/index.ts';
import type { Clock, GitRemote, HostKeys } from '../../ports/index.ts';
import {
  type Advertisement,
  flushPacket,
  gitWireErrors,
  PacketReader,
  readAdvertisement,
} from '../../wire/git/index.ts';
import {
  type Call,
  type Carrier,
  type CarrierOptions,
  countBytes,
  type Next,
  undertake,
} from '../carrier.ts';
import { gitErrors } from '../errors.ts';
import type { GitMetrics } from '../metrics.ts';
import { describeUrl, parseRemoteUrl, type SshAddress } from '../url.ts';
import { connect, type Library, type SshConnection } from './connection.ts';
import { Conversation, type Turn } from './conversation.ts';
import { HostKeyCheck, type HostKeyPolicy } from './host-key-check.ts';
import { nameHost } from './known-hosts.ts';
import { Parking } from './parking.ts';
import { ConnectionPool, type Lease, type PoolLimits } from './pool.ts';
import { preparePrivateKey } from './private-key.ts';

/** How hosts are reached over SSH. */
export interface SshOptions extends HostKeyPolicy, PoolLimits {
  /** Addresses of mapped hosts: "github.com:22" or "github.com" to host and port. */
  readonly endpoints: Readonly<Record<string, { readonly address: string }>>;
  /** For connecting, checking the host's key and logging in together. */
  readonly connectTimeoutMs: number;
}

/** What SSH needs. */
export interface SshDeps {
  readonly clock: Clock;
  readonly metrics: GitMetrics;
  /** Without it, hosts that no known hosts name are refused. */
  readonly hostKeys: HostKeys | undefined;
}

/** A git program at the other end that has said what it can do. */
interface Program {
  readonly lease: Lease;
  readonly conversation: Conversation;
  readonly packets: PacketReader;
  readonly advertisement: Advertisement;
}

/** A repository for one login, and how to connect to it. */
interface Place {
  readonly address: SshAddress;
  /** Names host, login and credential. */
  readonly login: string;
  open(): Promise<SshConnection>;
}

/** How long the other end may take to close a channel or to say why it gave up, in milliseconds. */
const graceMs = 2_000;

/**
 * Programs that wait for another question: the objects of a promotion are fetched in several questions, and a program
 * takes longer to start than to answer.
 */
const parking = { maxPerPlace: 2, stayMs: 5_000 };

/** Carries exchanges over SSH, on connections and by programs that are kept for a while. */
export class SshCarrier implements Carrier {
  readonly #deps: SshDeps;
  readonly #options: CarrierOptions & SshOptions;
  readonly #check: HostKeyCheck;
  readonly #pool: ConnectionPool;
  readonly #parking: Parking<Program>;
  #library: Promise<Library> | undefined;

  constructor(deps: SshDeps, options: CarrierOptions & SshOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#check = new HostKeyCheck(deps.hostKeys, options);
    this.#pool = new ConnectionPool(deps.clock, options);
    this.#parking = new Parking(deps.clock, parking, (program) => {
      program.lease.rest(false);
      end(program);
    });
  }

  async exchange<Answer>(
    call: Call,
    next: (advertisement: Advertisement) => Promise<Next<Answer>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { remote, operation } = call;
    const place = this.#placeOf(remote);
    const { host } = place.address;
    const { metrics } = this.#deps;
    const timeoutMs = this.#options.requestTimeoutMs;
    return undertake(
      { remote, operation, host, timeoutMs, metrics },
      (what, limited) => this.#converse(call, place, next, { what, signal: limited }),
      signal,
    );
  }

  /** Closes what nobody uses. */
  close(): void {
    this.#parking.clear();
    this.#pool.close();
  }

  async #converse<Answer>(
    call: Call,
    place: Place,
    next: (advertisement: Advertisement) => Promise<Next<Answer>>,
    turn: Turn,
  ): Promise<Answer> {
    // A program lists the references that were there when it first looked, so that only objects may be asked for.
    const parked = call.operation === 'fetch' ? this.#parking.take(nameOf(place)) : undefined;
    if (parked !== undefined) {
      parked.lease.rest(false);
      try {
        parked.conversation.begin(turn);
        return await this.#ask(parked, call, place, next);
      } catch (error) {
        turn.signal.throwIfAborted();
        // It may have left unnoticed; reading can be tried again.
        if (!isCutOff(error)) throw error;
      }
    }
    return this.#ask(await this.#start(call, place, turn), call, place, next);
  }

  async #ask<Answer>(
    program: Program,
    call: Call,
    place: Place,
    next: (advertisement: Advertisement) => Promise<Next<Answer>>,
  ): Promise<Answer> {
    const { conversation, packets, advertisement } = program;
    let isKept = false;
    try {
      const step = await next(advertisement);
      const isLast = call.service !== 'git-upload-pack' || advertisement.version !== 2;
      conversation.say(step.kind === 'ask' ? step.body : flushPacket, { isLast });
      const answer = step.kind === 'ask' ? await step.read(packets.rest()) : step.answer;
      isKept = !isLast && conversation.isOpen;
      return answer;
    } catch (error) {
      throw await explain(error, program.conversation);
    } finally {
      if (isKept) {
        conversation.pause();
        program.lease.rest(true);
        this.#parking.put(nameOf(place), program);
      } else end(program);
    }
  }

  /** Starts a program and hears what it can do. */
  async #start(call: Call, place: Place, turn: Turn): Promise<Program> {
    for (;;) {
      const lease = await this.#pool.lease(place.login, () => place.open(), turn.signal);
      let conversation: Conversation | undefined;
      try {
        conversation = await this.#exec(lease.connection, call, place.address, turn);
        conversation.begin(turn);
        const output = countBytes(conversation.output, place.address.host, this.#deps.metrics);
        const packets = new PacketReader(output);
        return { lease, conversation, packets, advertisement: await readAdvertisement(packets) };
      } catch (error) {
        const isStale = lease.isReused && !(conversation && lease.connection.isOpen);
        const reason = await explain(error, conversation);
        if (conversation === undefined) lease.release(false);
        else end({ lease, conversation });
        turn.signal.throwIfAborted();
        // A kept connection may have died long ago; as nothing was asked yet, asking again is safe.
        if (!isStale) throw reason;
      }
    }
  }

  async #exec(
    connection: SshConnection,
    { service }: Call,
    { path }: SshAddress,
    { what, signal }: Turn,
  ): Promise<Conversation> {
    const environment: Record<string, string> =
      service === 'git-upload-pack' ? { GIT_PROTOCOL: 'version=2' } : {};
    const { connectTimeoutMs, stallTimeoutMs, maxPackBytes } = this.#options;
    const limit = AbortSignal.timeout(connectTimeoutMs);
    const starting = connection.exec(`${service} ${quoteForShell(path)}`, environment);
    try {
      const channel = await orAbort(starting, AbortSignal.any([signal, limit]));
      return new Conversation(channel, { stallTimeoutMs, maxBytes: maxPackBytes });
    } catch (error) {
      // One that comes too late is nobody's.
      starting.then(
        (late) => late.close(),
        () => undefined,
      );
      if (signal.aborted || !limit.aborted) throw error;
      const message = `${what}: no channel was opened within ${connectTimeoutMs} ms`;
      throw gitErrors.create('git.unreachable', message);
    }
  }

  #placeOf(remote: GitRemote): Place {
    const address = toSshAddress(remote);
    const { credential } = remote;
    if (credential?.sshPrivateKey === undefined) {
      const who = credential?.identity ?? 'no credential';
      throw gitErrors.create(
        'git.auth-failed',
        `${describeUrl(remote.url)} is reached over SSH, and ${who} has a key for it`,
        { hint: 'Make a Secret of type git for this URL with the data key sshPrivateKey.' },
      );
    }
    const { identity, sshPrivateKey, sshKnownHosts } = credential;
    const secret = createHash('sha256')
      .update(JSON.stringify([sshPrivateKey, sshKnownHosts]))
      .digest('hex');
    const { connectTimeoutMs } = this.#options;
    return {
      address,
      login: [address.user, address.host, identity, secret].join('\n'),
      open: async () => {
        this.#library ??= import('ssh2').then((module) => module.default);
        const library = await this.#library;
        const mappedTo = this.#mapped(address);
        const privateKey = preparePrivateKey(sshPrivateKey, identity, library.utils.parseKey);
        const host = nameHost(address.hostname, address.port);
        const limit = AbortSignal.timeout(connectTimeoutMs);
        const expectation = await this.#check.expect(host, sshKnownHosts, limit);
        const login = { ...address, identity, privateKey, mappedTo };
        return connect(library, login, { check: this.#check, expectation }, connectTimeoutMs);
      },
    };
  }

  /** The address of a mapped host. Errors: git.unsupported when only its HTTPS is mapped. */
  #mapped({ hostname, port }: SshAddress): string | undefined {
    const { endpoints } = this.#options;
    const own = `${hostname}:${port}`;
    if (Object.hasOwn(endpoints, own)) return endpoints[own]?.address;
    if (!Object.hasOwn(endpoints, hostname)) return undefined;
    throw gitErrors.create('git.unsupported', `the host ${hostname} is mapped, but not for SSH`, {
      hint: `Add ${JSON.stringify(own)} to GANTRY_ENDPOINTS.`,
    });
  }
}

function nameOf({ login, address }: Place): string {
  return `${login}\n${address.path}`;
}

function isCutOff(error: unknown): boolean {
  return gitWireErrors.is(error, 'git-wire.malformed') || gitErrors.is(error, 'git.unreachable');
}

/** The error in the words of the program at the other end, when it has left some. */
async function explain(error: unknown, conversation: Conversation | undefined): Promise<unknown> {
  if (!gitWireErrors.is(error, 'git-wire.malformed')) return error;
  const complaint = await conversation?.complaint(graceMs);
  if (complaint === undefined) return error;
  const message = `the host says ${JSON.stringify(complaint)}`;
  return gitWireErrors.create('git-wire.remote-error', message, {
    cause: error,
    data: { reason: complaint },
  });
}

/** The place on the connection is free when the channel is closed at both ends. */
function end({ lease, conversation }: Pick<Program, 'lease' | 'conversation'>): void {
  void conversation.close(graceMs).then((isClosed) => lease.release(isClosed));
}

function toSshAddress(remote: GitRemote): SshAddress {
  const address = parseRemoteUrl(remote);
  if (address.kind === 'ssh') return address;
  throw gitErrors.create('git.unsupported', `the URL ${describeUrl(remote.url)} is not an SSH URL`);
}

/** As git quotes paths for the program at the other end. */
function quoteForShell(path: string): string {
  return `'${path.replaceAll(/['!]/g, (mark) => `'\\${mark}'`)}'`;
}
