// `npm run test:genuine`: the suites `*.genuine.test.ts` on genuine programs, which are built when they are missing.
// Usage: node tools/run.mjs tools/genuine/main.ts [--build-minutes=N] [part of a file's path] [options of vitest]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startGenuineGitea } from '../../test/support/genuine-gitea.ts';
import { startGenuineKube } from '../../test/support/genuine-kube.ts';
import { endProcess } from '../../test/support/genuine-process.ts';
import { buildPrograms, type GenuineProgram, toolsFolder } from './build.ts';
import { gitea } from './gitea.ts';
import { NotBuilt } from './go.ts';
import { kubeFolder, kubePrograms, kubeVersion } from './kube.ts';

interface Running {
  readonly server: AsyncDisposable;
  readonly env: Readonly<Record<string, string>>;
}

/** A server that suites run on, and the environment variables that tell them of it. */
interface Server {
  readonly name: string;
  readonly programs: readonly GenuineProgram[];
  start(cache: string): Promise<Running>;
}

const servers: readonly Server[] = [
  {
    name: `kube-apiserver ${kubeVersion}`,
    programs: kubePrograms,
    async start(cache) {
      const programs = join(cache, kubeFolder);
      const server = await startGenuineKube(programs);
      const env = {
        GANTRY_KUBE_PROGRAMS: programs,
        GANTRY_KUBE_API_URL: server.url,
        GANTRY_KUBE_API_TOKEN: server.token,
        GANTRY_KUBE_API_CA: server.caFile,
        GANTRY_TEST_KUBECONFIG: server.kubeconfig,
      };
      return { server, env };
    },
  },
  {
    name: 'gitea',
    programs: [gitea],
    async start(cache) {
      const server = await startGenuineGitea(join(cache, gitea.target));
      const { url, username, password } = server;
      return { server, env: { GANTRY_GITEA_URL: url, GANTRY_GITEA_ADMIN: `${username}:${password}` } };
    },
  },
];

const suites = '.genuine.test.ts';
const testLimitMs = 20 * 60_000;
const defaultBuildMinutes = 60;

const write = (text: string): void => void process.stderr.write(text);
const tell = (text: string): void => write(`genuine: ${text}\n`);

async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const cache = toolsFolder(process.env);
  const limit = args.find((one) => one.startsWith('--build-minutes='))?.split('=')[1];
  const endsAtMs = Date.now() + Number(limit ?? defaultBuildMinutes) * 60_000;
  const built: Server[] = [];
  for (const server of servers) {
    try {
      await buildPrograms(cache, server.programs, { signal, endsAtMs, tell, write });
      built.push(server);
    } catch (error) {
      if (!(error instanceof NotBuilt)) throw error;
      tell(`skipped: ${server.name}, for ${error.message}`);
    }
  }
  if (built.length === 0) return 0;
  const running: Running[] = [];
  try {
    for (const { name, start } of built) {
      running.push(await start(cache));
      tell(`${name} is ready`);
    }
    const env = Object.assign({}, ...running.map((one) => one.env));
    const rest = args.filter((one) => !one.startsWith('--build-minutes='));
    return await runSuites(rest, env, signal);
  } finally {
    for (const { server } of running.reverse()) await server[Symbol.asyncDispose]();
  }
}

async function runSuites(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  const [first] = args;
  const files = first === undefined || first.startsWith('-') ? [suites] : [];
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...files, ...args];
  const child = spawn(process.execPath, vitest, { env: { ...process.env, ...env }, stdio: 'inherit' });
  const stop = (): void => void endProcess(child);
  const timer = setTimeout(stop, testLimitMs);
  signal.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  return code ?? 1;
}

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort());
process.exitCode = await main(process.argv.slice(2), ending.signal);
