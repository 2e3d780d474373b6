import type { Command } from 'commander';
import { createProgram, runProgram } from '../cli/index.ts';
import { createCommandDeps, toOutput } from './command-clients.ts';
import { tuneRuntime } from './runtime.ts';
import type { SandboxCommand } from './sandbox-process.ts';
import { readSettings } from './settings.ts';
import type { StandaloneOptions } from './standalone-process.ts';

declare const GANTRY_VERSION: string;

/** The examples are a folder of the package, beside the bundle's; only the entry's own place is known for sure. */
const examplesUrl = new URL('../examples/', import.meta.url);

/** Ends the process tidily on Ctrl-C or SIGTERM; a second one ends it at once. */
function listenForSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort(new Error(`received ${name}`));
    });
  }
  return stop.signal;
}

/** Adds the commands that are processes of their own; each loads its code when it is called, so that all start fast. */
function addProcesses(program: Command, signal: AbortSignal): void {
  const { stdout, stderr, env } = process;
  const kubeconfig = (): string | undefined => program.opts<{ readonly kubeconfig?: string }>().kubeconfig;
  program
    .command('controller')
    .description('run the controllers on a cluster')
    .option('--leader-elect', 'of several replicas let one work', false)
    .action(async ({ leaderElect }: { readonly leaderElect: boolean }) => {
      const { runController } = await import('./controller-process.ts');
      const settings = readSettings(env);
      const isElected = leaderElect || settings.GANTRY_LEADER_ELECT;
      return runController({ ...settings, GANTRY_LEADER_ELECT: isElected }, kubeconfig(), stderr, signal);
    });
  program
    .command('webhooks')
    .description('serve the admission webhooks of a cluster')
    .action(async () => {
      const { runWebhooks } = await import('./webhooks-process.ts');
      return runWebhooks(readSettings(env), kubeconfig(), stderr, signal);
    });
  program
    .command('sandbox')
    .description('run everything embedded, empty and in memory, to try manifests')
    .option('--json', 'print one JSON line when ready, and nothing else, on stdout', false)
    .option('--no-controllers', 'start the servers only')
    .option(
      '--git-host <host>',
      'answer for another git host too, e.g. "gitlab.com" or "git.example=gitea"; may be repeated',
      (host: string, others: string[]) => [...others, host],
      [] as string[],
    )
    .action(async (options: SandboxCommand) => {
      const { runSandbox } = await import('./sandbox-process.ts');
      const { json, controllers: runsControllers, gitHost: gitHosts } = options;
      const call = { json, runsControllers, gitHosts, environment: env };
      return runSandbox(call, { stdout, stderr }, signal);
    });
  program
    .command('standalone')
    .description('run the controllers with an API server of their own, kept in a data folder')
    .requiredOption('--data <folder>', 'where everything is kept; made when it is not there')
    .option('--port <number>', 'port of the API server on 127.0.0.1; 0 takes a free one', '6443')
    .option('--json', 'print one JSON line when ready, and nothing else, on stdout', false)
    .option('--no-controllers', 'serve the API only')
    .option('--backup <file>', 'copy the data folder, in use or not, into a file, and end')
    .option('--restore <file>', 'fill the data folder, which must be empty, from a backup, and end')
    .action(async (options: StandaloneOptions) => {
      const { runStandalone } = await import('./standalone-process.ts');
      return runStandalone({ ...options, environment: env }, { stdout, stderr }, signal);
    });
  program
    .command('demo')
    .description('play a release on a sandbox and tell the story')
    .option('--once', 'end when it is verified in production', false)
    .action(async ({ once }: { readonly once: boolean }) => {
      const { runDemoProcess } = await import('./demo-process.ts');
      process.exitCode = await runDemoProcess(
        { once, examplesUrl },
        { output: toOutput(stdout), stderr },
        signal,
      );
    });
}

async function main(): Promise<void> {
  tuneRuntime();
  const signal = listenForSignals();
  const deps = createCommandDeps(process, GANTRY_VERSION, signal);
  const program = createProgram(deps);
  addProcesses(program, signal);
  const code = await runProgram(program, process.argv.slice(2), deps);
  // A command that ended by itself may have set a code of its own.
  if (code !== 0) process.exitCode = code;
}

await main();
