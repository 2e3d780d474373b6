import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { endProcess, freePorts } from './genuine-process.ts';
import type { GiteaServer } from './gitea.ts';

/** A genuine Gitea with an administrator, over plain HTTP, empty. */
export interface GenuineGitea extends GiteaServer, AsyncDisposable {}

const startLimitMs = 120_000;
const commandLimitMs = 60_000;
const pollMs = 200;
const username = 'gantry-admin';

/** Starts the Gitea of a folder (`gitea` and `src`) on a free port, with everything it writes in a temporary folder. */
export async function startGenuineGitea(programs: string): Promise<GenuineGitea> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-genuine-gitea-'));
  const program = join(programs, 'gitea');
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  mkdirSync(join(folder, 'home'));
  const config = join(folder, 'app.ini');
  writeFileSync(config, formatConfig({ folder, source: join(programs, 'src'), port }), { mode: 0o600 });
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    GITEA_WORK_DIR: folder,
    // It refuses to run as root otherwise.
    GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: 'true',
  };
  const log = openSync(join(folder, 'gitea.log'), 'a');
  const run = (...args: string[]): void => {
    const ran = spawnSync(program, [...args, '--config', config], {
      env,
      timeout: commandLimitMs,
      encoding: 'utf8',
    });
    if (ran.status !== 0) throw new Error(`gitea ${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
  };
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const password = `Aa1-${randomBytes(18).toString('base64url')}`;
  try {
    run('migrate');
    const account = ['--username', username, '--password', password, '--email', 'admin@example.com'];
    run('admin', 'user', 'create', '--admin', '--must-change-password=false', ...account);
  } catch (error) {
    remove();
    throw error;
  }
  const child = spawn(program, ['web', '--config', config], { env, stdio: ['ignore', log, log] });
  const dispose = async (): Promise<void> => {
    await endProcess(child);
    remove();
  };
  const endsAtMs = Date.now() + startLimitMs;
  while (Date.now() < endsAtMs && child.exitCode === null) {
    const answer = await fetch(`${url}/api/healthz`, { signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    );
    if (answer?.ok === true) return { url, username, password, [Symbol.asyncDispose]: dispose };
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const said = readFileSync(join(folder, 'gitea.log'), 'utf8');
  await dispose();
  throw new Error(`Gitea is not ready:\n${said.slice(-4000)}`);
}

interface Places {
  readonly folder: string;
  /** Where templates and texts are. */
  readonly source: string;
  readonly port: number;
}

function formatConfig({ folder, source, port }: Places): string {
  const secret = (): string => randomBytes(32).toString('base64url');
  return `APP_NAME = Gantry
RUN_MODE = prod
RUN_USER = ${userInfo().username}
WORK_PATH = ${folder}

[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
STATIC_ROOT_PATH = ${source}
APP_DATA_PATH = ${folder}/data
DISABLE_SSH = true
OFFLINE_MODE = true

[database]
DB_TYPE = sqlite3
PATH = ${folder}/gitea.db

[repository]
ROOT = ${folder}/repositories

[security]
INSTALL_LOCK = true
SECRET_KEY = ${secret()}

[service]
DISABLE_REGISTRATION = true

[indexer]
ISSUE_INDEXER_TYPE = db

[webhook]
ALLOWED_HOST_LIST = *

[log]
MODE = console
LEVEL = warn
ROOT_PATH = ${folder}/log
`;
}
