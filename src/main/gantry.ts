import { Command, CommanderError } from 'commander';
import { AppError, describeError } from '../base/index.ts';
import { runController } from './controller-process.ts';
import { runSandbox } from './sandbox-process.ts';
import { readSettings } from './settings.ts';
import { runWebhooks } from './webhooks-process.ts';

declare const GANTRY_VERSION: string;

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

function createProgram(signal: AbortSignal): Command {
  const { stdout, stderr, env } = process;
  const streams = { stdout, stderr };
  const program = new Command('gantry')
    .description('Promotes immutable artifacts through GitOps environments')
    .version(GANTRY_VERSION, '-V, --version')
    .exitOverride()
    .showHelpAfterError();

  program
    .command('controller')
    .description('run the controllers on a cluster')
    .option('--kubeconfig <path>', 'kubeconfig of the cluster (default: KUBECONFIG, in-cluster)')
    .action((options: { kubeconfig?: string }) =>
      runController(readSettings(env), options.kubeconfig, stderr, signal),
    );

  program
    .command('webhooks')
    .description('serve the admission webhooks of a cluster')
    .option('--kubeconfig <path>', 'kubeconfig of the cluster (default: KUBECONFIG, in-cluster)')
    .action((options: { kubeconfig?: string }) =>
      runWebhooks(readSettings(env), options.kubeconfig, stderr, signal),
    );

  program
    .command('sandbox')
    .description('run everything embedded, empty and in memory, to try manifests')
    .option('--json', 'print one JSON line when ready', false)
    .option('--no-controllers', 'start the servers only')
    .action((options: { json: boolean; controllers: boolean }) =>
      runSandbox(
        { json: options.json, runsControllers: options.controllers, environment: env },
        streams,
        signal,
      ),
    );

  program
    .command('version')
    .description('print the version')
    .action(() => void stdout.write(`gantry ${GANTRY_VERSION}\n`));
  return program;
}

async function main(): Promise<number> {
  const signal = listenForSignals();
  try {
    await createProgram(signal).parseAsync(process.argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (signal.aborted) return 0;
    process.stderr.write(`gantry: ${describeError(error)}\n`);
    if (error instanceof AppError && error.hint !== undefined) process.stderr.write(`  ${error.hint}\n`);
    return 1;
  }
}

process.exitCode = await main();
