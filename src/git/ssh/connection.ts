import { createConnection, type Socket } from 'node:net';
import type { ClientChannel, Client as SshClient } from 'ssh2';
import { describeError } from '../../base/index.ts';
import { gitErrors } from '../errors.ts';
import type { Expectation, HostKeyCheck } from './host-key-check.ts';

/** The SSH library, loaded when the first SSH URL is used. */
export type Library = typeof import('ssh2');

/** Whom to connect to and as whom. */
export interface Login {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  /** As the library reads it. */
  readonly privateKey: string;
  /** Names the key for messages. */
  readonly identity: string;
  /** Host and port of the server that stands for a mapped host. */
  readonly mappedTo: string | undefined;
}

/** A connection on which somebody has logged in. */
export interface SshConnection {
  /** False once it can carry nothing more. */
  readonly isOpen: boolean;
  /** Starts a program at the other end. Errors: git.unreachable. */
  exec(command: string, environment: Readonly<Record<string, string>>): Promise<ClientChannel>;
  /** While nobody uses it, a connection does not keep the process alive. */
  hold(isHeld: boolean): void;
  close(): void;
}

/**
 * Connects, checks the host's key and logs in with the key; no other way, no agent, no forwarding.
 *
 * Errors: git.unreachable, git.auth-failed, git.unsupported, and those of `HostKeyCheck`.
 */
export async function connect(
  library: Library,
  login: Login,
  hosts: { readonly check: HostKeyCheck; readonly expectation: Expectation },
  timeoutMs: number,
): Promise<SshConnection> {
  const where = `SSH to ${hosts.expectation.host}`;
  const socket = openSocket(login);
  const client = new library.Client();
  let refusal: unknown;
  const refuse = (error: unknown): never => {
    refusal = error;
    throw error;
  };
  const meeting = new Meeting(hosts, where);
  const verify = (blob: Buffer): boolean => {
    try {
      meeting.see(blob);
      return true;
    } catch (error) {
      refusal = error;
      return false;
    }
  };
  let settled: Promise<void> = Promise.resolve();
  // Only now has the host proven that it holds the key that it shows.
  client.once('handshake', () => {
    settled = meeting.settle(AbortSignal.timeout(timeoutMs)).catch(refuse);
    settled.catch(() => undefined);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      // Errors also come after the connection is ready; then its channels tell of them.
      client.on('error', reject);
      client.once('ready', resolve);
      client.once('close', () => reject(new Error('the connection was closed before the login')));
      client.connect({
        sock: socket,
        username: login.user,
        privateKey: login.privateKey,
        authHandler: ['publickey'],
        hostVerifier: verify,
        readyTimeout: timeoutMs,
        keepaliveInterval: 0,
        ident: 'gantry',
        algorithms: { serverHostKey: preferredAlgorithms(hosts.expectation) },
      });
    });
    await settled;
  } catch (error) {
    client.destroy();
    socket.destroy();
    if (refusal !== undefined) throw refusal;
    throw toConnectError(error, where, login);
  }
  return new Connection(client, socket, where);
}

/** How a host's key becomes a known one, for one connection. */
class Meeting {
  readonly #hosts: { readonly check: HostKeyCheck; readonly expectation: Expectation };
  readonly #where: string;
  #shown: Buffer | undefined;
  #isFirst = false;

  constructor(hosts: { readonly check: HostKeyCheck; readonly expectation: Expectation }, where: string) {
    this.#hosts = hosts;
    this.#where = where;
  }

  /** Session keys may be agreed on anew at any time; the host stays the same. */
  see(blob: Buffer): void {
    const { check, expectation } = this.#hosts;
    if (this.#shown === undefined) {
      this.#isFirst = check.judge(expectation, blob) === 'first met';
      this.#shown = Buffer.from(blob);
    } else if (!this.#shown.equals(blob)) {
      throw gitErrors.create('git.host-key-changed', `${this.#where}: the host key changes while they talk`);
    }
  }

  /** Records the key of a host that nothing was known of. */
  async settle(signal: AbortSignal): Promise<void> {
    const { check, expectation } = this.#hosts;
    if (this.#isFirst && this.#shown !== undefined) await check.record(expectation, this.#shown, signal);
  }
}

class Connection implements SshConnection {
  readonly #client: SshClient;
  readonly #socket: Socket;
  readonly #where: string;
  #isOpen = true;

  constructor(client: SshClient, socket: Socket, where: string) {
    this.#client = client;
    this.#socket = socket;
    this.#where = where;
    // One for each program that is being started, and our own.
    client.setMaxListeners(64);
    const lost = (): void => {
      this.#isOpen = false;
    };
    client.on('close', lost).on('end', lost).on('error', lost);
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#socket.destroyed;
  }

  exec(command: string, environment: Readonly<Record<string, string>>): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        const message = `${this.#where}: no channel was opened: ${describeError(error)}`;
        reject(gitErrors.create('git.unreachable', message, { cause: error }));
      };
      const lost = (): void => fail(new Error('the connection was closed'));
      this.#client.once('close', lost);
      try {
        this.#client.exec(command, { env: { ...environment } }, (error, channel) => {
          this.#client.off('close', lost);
          if (error === undefined) resolve(channel);
          else fail(error);
        });
      } catch (error) {
        fail(error);
      }
    });
  }

  hold(isHeld: boolean): void {
    if (isHeld) this.#socket.ref();
    else this.#socket.unref();
  }

  close(): void {
    this.#isOpen = false;
    this.#client.destroy();
  }
}

function openSocket({ hostname, port, mappedTo }: Login): Socket {
  if (mappedTo === undefined) return createConnection({ host: hostname, port, noDelay: true });
  const address = new URL(`tcp://${mappedTo}`);
  const host = address.hostname.replace(/^\[|\]$/g, '');
  return createConnection({ host, port: Number(address.port), noDelay: true });
}

type HostKeyAlgorithm = 'ssh-ed25519' | 'ecdsa-sha2-nistp256' | 'ecdsa-sha2-nistp384' | 'ecdsa-sha2-nistp521';

/** How a server may prove that it has a key of some kind; SHA-1 signatures come last. */
const algorithmsOf: Readonly<
  Record<string, readonly (HostKeyAlgorithm | 'rsa-sha2-512' | 'rsa-sha2-256' | 'ssh-rsa')[]>
> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
};

/** A host with several keys is asked for one that is known. */
function preferredAlgorithms({
  trusted,
}: Expectation): (HostKeyAlgorithm | 'rsa-sha2-512' | 'rsa-sha2-256' | 'ssh-rsa')[] {
  const known = trusted.flatMap(({ type }) => algorithmsOf[type] ?? []);
  return [...new Set([...known, ...Object.values(algorithmsOf).flat()])];
}

function toConnectError(error: unknown, where: string, login: Login): Error {
  const level = error instanceof Error && 'level' in error ? error.level : undefined;
  const reason = describeError(error).slice(0, 200);
  if (level === 'client-authentication') {
    const who = `${login.user} with the key of ${login.identity}`;
    return gitErrors.create('git.auth-failed', `${where}: the host does not let in ${who}`);
  }
  if (level === 'handshake') {
    return gitErrors.create('git.unsupported', `${where}: no agreement on how to talk: ${reason}`, {
      hint: 'The host offers only algorithms that are not safe any more.',
    });
  }
  return gitErrors.create('git.unreachable', `${where}: ${reason}`, { cause: error });
}
