import { Command, CommanderError } from 'commander';
import { showCredentials } from './credentials/credentials.ts';
import type { CliDeps, Cluster, ClusterChoice, CommandDeps, SandboxConnection } from './deps.ts';
import { cliErrors } from './errors.ts';
import { exitCodes, toExit } from './exit.ts';
import { freightListing } from './get/freight.ts';
import { type ListRequest, parseListFormat, runList } from './get/list.ts';
import { promotionListing } from './get/promotions.ts';
import { stageListing } from './get/stages.ts';
import { warehouseListing } from './get/warehouses.ts';
import { mergePullRequest } from './merge/pull-request.ts';
import { promote } from './promote/stage.ts';
import { pushImage } from './push/image.ts';
import { writeError } from './render/error.ts';
import { parseSandboxInfo, type SandboxInfo } from './sandbox-info.ts';
import { version } from './version/version.ts';
import { why } from './why/why.ts';

interface NamespaceOptions {
  readonly namespace?: string;
}

interface ListOptions extends NamespaceOptions {
  readonly allNamespaces?: boolean;
  readonly output?: string;
}

/**
 * A program with the commands of this module; the caller adds its own and hands it to `runProgram`.
 *
 * Nothing is opened before a command runs.
 */
export function createProgram(deps: CliDeps): Command {
  const program = new Command('gantry');
  program
    .description('Promotes immutable artifacts through GitOps environments.')
    // Of the program, so that every command has it, those of the caller too; it may stand before or after the command.
    .option('--kubeconfig <path>', 'how to reach the cluster; without it, KUBECONFIG')
    .version(`gantry ${deps.version}`, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => deps.output.write(text),
      writeErr: (text) => deps.notes.write(text),
      getOutHasColors: () => deps.output.isTerminal,
      getErrHasColors: () => deps.notes.isTerminal,
      getOutHelpWidth: () => (deps.output.isTerminal ? deps.output.columns : 100),
      getErrHelpWidth: () => (deps.notes.isTerminal ? deps.notes.columns : 100),
    });
  registerCommands(program, deps);
  return program;
}

/** Adds the commands of this module to a program that has none of their names. */
export function registerCommands(program: Command, deps: CliDeps): void {
  addGet(program, deps);
  withNamespace(program.command('why <name>'))
    .description('say what a Stage or Promotion waits for, and what to do')
    .action((name: string, options: NamespaceOptions) =>
      withCluster(program, deps, (command) => why({ name, namespace: options.namespace }, command)),
    );
  addCredentials(program, deps);
  withNamespace(program.command('promote <stage>'))
    .description('promote Freight to a Stage')
    .option('--freight <alias>', 'alias or name; without it, the newest that may be promoted')
    .action((stage: string, options: NamespaceOptions & { readonly freight?: string }) =>
      withCluster(program, deps, async (command) => {
        await promote({ stage, namespace: options.namespace, freight: options.freight }, command);
      }),
    );
  program
    .command('push-image <name>')
    .description('push a new image to the registry of a sandbox')
    .option('--tag <tag>', 'the tag to move', 'main')
    .action((name: string, options: { readonly tag: string }) =>
      withSandbox(program, deps, async (command, { info, connection }) => {
        const { random } = deps;
        await pushImage(
          { name, tag: options.tag },
          { ...command, random, sandbox: connection, account: info },
        );
      }),
    );
  program
    .command('merge <pull-request>')
    .description('merge a pull request at the forge of a sandbox, by number or URL')
    .action((pullRequest: string) =>
      withSandbox(program, deps, async (command, { info, connection }) => {
        await mergePullRequest(pullRequest, { ...command, sandbox: connection, account: info });
      }),
    );
  program
    .command('version')
    .description('print the version')
    .action(() => version(deps.version, deps.output));
}

interface CredentialsOptions extends NamespaceOptions {
  readonly kind?: string;
  readonly source?: string;
}

function addCredentials(program: Command, deps: CliDeps): void {
  withNamespace(program.command('credentials <repository>'))
    .description('say which credential a repository is read with, and why; never a value')
    .option('--kind <kind>', 'git, image or helm; without it, what the address looks like')
    .option('--source <source>', 'as a subscription may name it, e.g. pullsecret:demo/ghcr')
    .action((repoURL: string, { namespace, kind, source }: CredentialsOptions) =>
      withCluster(program, deps, (command) =>
        showCredentials(
          { repoURL, namespace, kind, source },
          {
            ...command,
            explain: (request) => deps.explainCredentials(command.cluster, request, command.signal),
          },
        ),
      ),
    );
}

function addGet(program: Command, deps: CliDeps): void {
  const get = program.command('get').description('list objects');
  const add = (
    name: string,
    about: string,
    run: (request: ListRequest, command: CommandDeps) => Promise<void>,
  ): void => {
    withNamespace(get.command(name))
      .description(about)
      .option('-A, --all-namespaces', 'across all Projects')
      .option('-o, --output <format>', 'wide, json or yaml')
      .action(({ namespace, allNamespaces = false, output }: ListOptions) => {
        const request = { namespace, allNamespaces, format: parseListFormat(output) };
        return withCluster(program, deps, (command) => run(request, command));
      });
  };
  add('stages', 'what each Stage runs and how it goes', (request, command) =>
    runList(stageListing(command.cluster, command.signal), request, command),
  );
  add('freight', 'what may be promoted, newest first', (request, command) =>
    runList(freightListing, request, command),
  );
  add('promotions', 'what is being promoted and what was', (request, command) =>
    runList(promotionListing(command.cluster, command.signal), request, command),
  );
  add('warehouses', 'what is being watched', (request, command) =>
    runList(warehouseListing(command.cluster, command.signal), request, command),
  );
}

function withNamespace(command: Command): Command {
  return command.option('-n, --namespace <name>', 'the Project; without it, the only one');
}

/** Runs a command line (without the program's name) and gives the exit code; never throws. */
export async function runProgram(program: Command, args: readonly string[], deps: CliDeps): Promise<number> {
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    // commander has printed its own message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const exit = toExit(error);
    writeError(deps.notes, exit.line);
    return exit.code;
  }
}

function choiceOf(program: Command): ClusterChoice {
  return { kubeconfig: program.opts<{ readonly kubeconfig?: string }>().kubeconfig };
}

async function withCluster(
  program: Command,
  deps: CliDeps,
  run: (command: CommandDeps) => Promise<void>,
): Promise<void> {
  const cluster: Cluster = await deps.openCluster(choiceOf(program), deps.signal);
  const { clock, output, notes, signal } = deps;
  try {
    await run({ cluster, clock, output, notes, signal });
  } finally {
    await cluster.close();
  }
}

async function withSandbox(
  program: Command,
  deps: CliDeps,
  run: (
    command: CommandDeps,
    sandbox: { readonly info: SandboxInfo; readonly connection: SandboxConnection },
  ) => Promise<void>,
): Promise<void> {
  const content = await deps.readSandboxFile(choiceOf(program), deps.signal);
  if (content === undefined) {
    throw cliErrors.create('cli.no-sandbox', 'no sandbox.json lies beside the kubeconfig');
  }
  const info = parseSandboxInfo(content);
  await withCluster(program, deps, async (command) => {
    const connection = await deps.openSandbox(info, deps.signal);
    try {
      await run(command, { info, connection });
    } finally {
      await connection.close();
    }
  });
}
