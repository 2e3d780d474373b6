import { freights, stages } from '../../api/v1alpha1/index.ts';
import { createPaint, renderTable, stageTable, type Tone } from '../../cli/index.ts';
import type { LogEntry } from '../../embedded/git-server/index.ts';
import { unifiedDiff } from './diff.ts';
import { place } from './script.ts';
import type { DemoOptions } from './types.ts';

const maxCommits = 12;

/** Stages, the history of the GitOps repository and what the release changed in production, as text. */
export function summarize(options: DemoOptions): string {
  return [stagesText(options), historyText(options), diffText(options)].join('\n');
}

/** What to try next. */
export function invite({ sandbox, output }: DemoOptions): string {
  const paint = createPaint(output.isTerminal);
  const { info } = sandbox;
  const commands = [
    ['gantry get stages', 'what runs where'],
    ['gantry push-image agents-runtime', 'a new image; dev follows by itself'],
    ['gantry promote staging', 'promote the newest Freight that is verified in dev'],
    ['gantry why staging', 'what it waits for, and what to do'],
    ['gantry merge 3', 'merge the pull request that it waits for'],
  ] as const;
  const width = Math.max(...commands.map(([command]) => command.length)) + 2;
  return [
    paint('strong', 'Things to try, in another terminal'),
    '',
    `  export KUBECONFIG=${info.kubeconfig}`,
    ...commands.map(([command, about]) => `  ${paint('name', command.padEnd(width))} ${paint('dim', about)}`),
    '',
    `  "gantry" is "npm run gantry --" in a checkout; kubectl works as well.`,
    `  Kubernetes ${info.server}, registry ${info.registry}, git ${info.git}, forge ${info.forge}`,
    '',
    'Ctrl-C ends everything.',
    '',
  ].join('\n');
}

function stagesText({ sandbox, output, clock }: DemoOptions): string {
  const { namespace } = place;
  const { reader } = sandbox.client;
  const list = reader.list(stages, { namespace });
  const table = stageTable(list, reader.list(freights, { namespace }), {
    namespace,
    isWide: false,
    nowMs: clock.nowMs(),
  });
  return `${createPaint(output.isTerminal)('strong', 'Stages')}\n${renderTable(table, output)}`;
}

function historyText({ sandbox, output }: DemoOptions): string {
  const paint = createPaint(output.isTerminal);
  const { git } = sandbox.servers;
  const lines = git.log(place.repository, place.branch, maxCommits).flatMap((entry) => {
    const [, merged] = entry.parents;
    const inner = merged === undefined ? [] : git.log(place.repository, merged, 1);
    return [logLine(entry), ...inner.map((one) => `  └ ${logLine(one)}`)];
  });
  const title = `git log of ${place.repository}, ${place.branch}`;
  return `${paint('strong', title)}\n${lines.join('\n')}\n`;
}

function logLine({ id, message, author }: LogEntry): string {
  return `${id.slice(0, 8)} ${message.split('\n')[0] ?? ''} (${author.name})`;
}

/** The change of one file by the newest commit that changed it. */
function diffText({ sandbox, output }: DemoOptions): string {
  const paint = createPaint(output.isTerminal);
  const { git } = sandbox.servers;
  const read = (revision: string | undefined): string =>
    revision === undefined
      ? ''
      : (git.readFile(place.repository, revision, place.productionFile)?.toString() ?? '');
  for (const { id, parents } of git.log(place.repository, place.branch, maxCommits)) {
    const [before, after] = [read(parents[0]), read(id)];
    if (before === after) continue;
    const tones: Readonly<Record<string, Tone>> = { '+': 'good', '-': 'bad', '@': 'name' };
    const lines = unifiedDiff(before, after).map((line) => paint(tones[line[0] ?? ''] ?? 'plain', line));
    return `${paint('strong', `${place.productionFile} in ${id.slice(0, 8)}`)}\n${lines.join('\n')}\n`;
  }
  return '';
}
