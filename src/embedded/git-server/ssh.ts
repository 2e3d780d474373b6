import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import type { AuthContext, Connection, ParsedKey, ServerChannel, Session } from 'ssh2';
import { describeError } from '../../base/index.ts';
import type { GitService } from '../../wire/git/index.ts';
import { defaultMaxPackBytes, type GitHandlerDeps } from './handler.ts';
import { receivePush } from './receive-pack.ts';
import type { Repository } from './repository.ts';
import type { GitServerOptions } from './server.ts';
import { answerV0Dialog, answerV2 } from './upload-pack.ts';
import { encodeWelcome } from './welcome.ts';

/** Somebody who may come in by a key. */
export interface SshAccount {
  readonly login: string;
  /** As in an authorized_keys file: "ssh-ed25519 AAAA…". */
  readonly publicKey: string;
}

/** How the embedded server serves SSH. */
export interface SshListenOptions {
  /** 0 or nothing for any free port. */
  readonly port?: number;
  readonly accounts: readonly SshAccount[];
  /** The host's private key in OpenSSH's form; a new one without it. */
  readonly hostKey?: string;
}

/** The SSH side of the server while it listens; dispose it to close its port and connections. */
export interface SshListening extends AsyncDisposable {
  /** Host and port, e.g. "127.0.0.1:2222". */
  readonly address: string;
  /** "ssh-ed25519 AAAA…" of the host. */
  readonly hostKey: string;
}

/** Listens on 127.0.0.1 only, for keys only, and runs git's two services and nothing else. */
export async function listenGitSsh(
  deps: GitHandlerDeps,
  limits: GitServerOptions,
  options: SshListenOptions,
): Promise<SshListening> {
  const { default: ssh2 } = await import('ssh2');
  const hostKey = options.hostKey ?? ssh2.utils.generateKeyPairSync('ed25519').private;
  const parsed = ssh2.utils.parseKey(hostKey);
  const known = options.accounts.map(({ login, publicKey }) => ({
    login,
    key: ssh2.utils.parseKey(publicKey),
  }));
  const open = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey], ident: 'gantry-git-server' }, (connection) => {
    open.add(connection);
    let login = '';
    connection.on('close', () => open.delete(connection));
    // A connection that breaks is its client's affair.
    connection.on('error', (error: Error) => deps.log?.debug('ssh failed', { error: describeError(error) }));
    connection.on('authentication', (context) => {
      const account = known.find(({ key }) => !(key instanceof Error) && isProven(context, key));
      if (account === undefined) return context.reject(['publickey']);
      login = account.login;
      context.accept();
    });
    connection.on('session', (accept) => serveSession(deps, limits, accept(), () => login));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    hostKey: parsed instanceof Error ? '' : `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of open) connection.end();
      await closed;
    },
  };
}

/** Does the client hold this key? At first it only asks whether the key would do. */
function isProven(context: AuthContext, key: ParsedKey): boolean {
  if (context.method !== 'publickey' || !context.key.data.equals(key.getPublicSSH())) return false;
  if (context.signature === undefined || context.blob === undefined) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo);
}

function serveSession(
  deps: GitHandlerDeps,
  limits: GitServerOptions,
  session: Session,
  loginOf: () => string,
): void {
  let isV2 = false;
  session.on('env', (accept, _reject, { key, val }) => {
    if (key === 'GIT_PROTOCOL') isV2 = /(?:^|:)version=2(?:$|:)/.test(val);
    accept?.();
  });
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept();
    serve(deps, limits, { channel, command, isV2, login: loginOf() }).then(
      (code) => finish(channel, code),
      (error: unknown) => {
        deps.log?.debug('git over ssh failed', { error: describeError(error) });
        channel.stderr.write(`fatal: ${describeError(error)}\n`);
        finish(channel, 128);
      },
    );
  });
}

interface Program {
  readonly channel: ServerChannel;
  readonly command: string;
  readonly isV2: boolean;
  readonly login: string;
}

/** Runs the program that a command names; gives its exit code. */
async function serve(
  deps: GitHandlerDeps,
  limits: GitServerOptions,
  { channel, command, isV2, login }: Program,
): Promise<number> {
  const asked = readCommand(command);
  if (asked === undefined) return complain(channel, 'only git-upload-pack and git-receive-pack are run here');
  const { service } = asked;
  const repository = findRepository(deps, limits, asked);
  deps.count(service === 'git-upload-pack' ? 'upload-pack' : 'receive-pack');
  if (repository === undefined) return complain(channel, 'ERROR: Repository not found.');
  channel.write(encodeWelcome(repository, service, { isV2, isHttp: false }));
  const maxPackBytes = limits.maxPackBytes ?? defaultMaxPackBytes;
  // Whoever has read a channel to its end closes it, also for what is still to be written.
  const input = channel.pipe(new PassThrough());
  if (service === 'git-upload-pack') {
    const answer = isV2 ? answerV2(repository, input) : answerV0Dialog(repository, input);
    for await (const chunk of answer) {
      if (channel.destroyed || !channel.writable) return 128;
      if (!channel.write(chunk)) await drained(channel);
    }
    return 0;
  }
  const report = await receivePush(repository, input, {
    login,
    denyNonFastForwards: limits.denyNonFastForwards === true,
    maxPackBytes,
    onPushed: (changes) => deps.announce({ repository: repository.name, changes }),
  });
  channel.write(report);
  return 0;
}

function findRepository(
  deps: GitHandlerDeps,
  { createOnPush }: GitServerOptions,
  { service, name }: { readonly service: GitService; readonly name: string },
): Repository | undefined {
  const found = deps.find(name);
  return found ?? (service === 'git-receive-pack' && createOnPush !== false ? deps.create(name) : undefined);
}

/** For example "git-upload-pack '/example/gitops.git'". */
function readCommand(command: string): { readonly service: GitService; readonly name: string } | undefined {
  const match =
    /^git[- ](?<service>upload|receive)-pack '?\/?(?<name>[\w.-]+(?:\/[\w.-]+)+?)(?:\.git)?\/?'?$/.exec(
      command,
    );
  const { service, name } = match?.groups ?? {};
  if (service === undefined || name === undefined || /(?:^|\/)\.\.?(?:\/|$)/.test(name)) return undefined;
  return { service: service === 'upload' ? 'git-upload-pack' : 'git-receive-pack', name };
}

function complain(channel: ServerChannel, text: string): number {
  channel.stderr.write(`${text}\n`);
  return 1;
}

function finish(channel: ServerChannel, code: number): void {
  if (!channel.writable) {
    channel.close();
    return;
  }
  channel.exit(code);
  channel.end();
}

function drained(channel: ServerChannel): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      channel.off('drain', done);
      channel.off('close', done);
      resolve();
    };
    channel.on('drain', done);
    channel.on('close', done);
  });
}
