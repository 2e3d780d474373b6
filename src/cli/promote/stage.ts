import {
  type Freight,
  freights,
  kargoApiVersion,
  type Promotion,
  promotions,
  type Stage,
  stages,
} from '../../api/v1alpha1/index.ts';
import {
  compareNewestFirst,
  explainUnavailable,
  freightLabel,
  isFreightAvailable,
} from '../../domain/index.ts';
import type { CommandDeps } from '../deps.ts';
import { cliErrors } from '../errors.ts';
import { resolveNamespace } from '../namespace.ts';
import { writeHint } from '../render/hint.ts';
import { createPaint } from '../render/style.ts';

/** What to promote where. */
export interface PromoteRequest {
  readonly stage: string;
  /** Alias, name or the beginning of a name; without it the newest Freight that may be promoted. */
  readonly freight: string | undefined;
  readonly namespace: string | undefined;
}

/**
 * Asks for a Promotion; admission completes it and the controllers run it.
 *
 * Errors: cli.not-found (Stage, Freight), cli.usage (several Freight fit), cli.refused (not available, nothing to do).
 */
export async function promote(request: PromoteRequest, deps: CommandDeps): Promise<Promotion> {
  const { cluster, signal, output, notes } = deps;
  const namespace = await resolveNamespace(cluster, request.namespace, signal);
  const stage = await findStage(request.stage, namespace, deps);
  const all = await cluster.reader.listLive(freights, { namespace }, signal);
  const nowMs = deps.clock.nowMs();
  const freight =
    request.freight === undefined
      ? newestAvailable(stage, all, nowMs)
      : findFreight(request.freight, all, namespace);
  const why = explainUnavailable(freight, stage, nowMs);
  const label = freightLabel(freight.metadata.name, all);
  if (why !== undefined) {
    throw cliErrors.create(
      'cli.refused',
      `Freight ${label} may not be promoted to Stage "${request.stage}": it ${why}`,
    );
  }
  const wanted = draft(namespace, stage, freight);
  const promotion = await cluster.writer.create(promotions, wanted, signal);
  const { name } = promotion.metadata;
  const paint = createPaint(output.isTerminal);
  output.write(
    `${paint('good', 'Created')} Promotion ${paint('strong', name)}: Freight ${paint('name', label)} to Stage "${request.stage}".\n`,
  );
  output.write(`To follow it: gantry why ${name} -n ${namespace}\n`);
  const { apiVersion, kind, spec } = wanted;
  const short = {
    apiVersion,
    kind,
    metadata: { generateName: 'promo-', namespace },
    spec: { stage: spec.stage, freight: spec.freight },
  };
  writeHint(notes, `echo '${JSON.stringify(short)}' | kubectl create -f -`);
  writeHint(notes, `kubectl get promotion ${name} -n ${namespace} --watch`);
  return promotion;
}

async function findStage(name: string, namespace: string, deps: CommandDeps): Promise<Stage> {
  const { reader } = deps.cluster;
  const stage = await reader.getLive(stages, { namespace, name }, deps.signal);
  if (stage !== undefined) return stage;
  const all = await reader.listLive(stages, { namespace }, deps.signal);
  const known = all.map(({ metadata }) => metadata.name).join(', ');
  throw cliErrors.create('cli.not-found', `no Stage "${name}" in namespace "${namespace}"`, {
    hint: known === '' ? 'There is none at all; choose another namespace by -n' : `There are: ${known}`,
  });
}

function newestAvailable(stage: Stage, all: readonly Freight[], nowMs: number): Freight {
  const asker = { stage: stage.metadata.name, requests: stage.spec.requestedFreight, nowMs };
  const newestFirst = [...all].sort((a, b) => compareNewestFirst(a, b));
  const newest = newestFirst.find((freight) => isFreightAvailable(freight, asker));
  if (newest === undefined) {
    const [first] = newestFirst;
    const why =
      first === undefined
        ? 'there is no Freight yet'
        : `Freight ${freightLabel(first.metadata.name, all)} ${explainUnavailable(first, stage, nowMs) ?? ''}`;
    throw cliErrors.create(
      'cli.refused',
      `nothing may be promoted to Stage "${stage.metadata.name}": ${why}`,
    );
  }
  const items = Object.values(stage.status?.freightHistory?.[0]?.items ?? {});
  if (!items.some(({ name }) => name === newest.metadata.name)) return newest;
  const label = freightLabel(newest.metadata.name, all);
  throw cliErrors.create(
    'cli.refused',
    `Stage "${stage.metadata.name}" already runs ${label}, the newest Freight that may be promoted`,
    { hint: `To promote it again, add --freight ${label}` },
  );
}

function findFreight(wanted: string, all: readonly Freight[], namespace: string): Freight {
  const exact = all.find(({ metadata, alias }) => metadata.name === wanted || alias === wanted);
  if (exact !== undefined) return exact;
  const likely = all.filter(({ metadata }) => metadata.name.startsWith(wanted));
  const [only] = likely;
  if (only !== undefined && likely.length === 1) return only;
  if (likely.length > 1) {
    throw cliErrors.create('cli.usage', `"${wanted}" is the beginning of ${likely.length} names of Freight`, {
      hint: 'Write more of the name, or the alias',
    });
  }
  const aliases = all.map(({ metadata }) => freightLabel(metadata.name, all)).join(', ');
  throw cliErrors.create('cli.not-found', `no Freight "${wanted}" in namespace "${namespace}"`, {
    hint: aliases === '' ? 'There is none at all yet' : `There are: ${aliases}`,
  });
}

/** Stage and Freight are all that a Promotion needs; admission fills in the rest. */
function draft(namespace: string, stage: Stage, freight: Freight): Promotion {
  return {
    apiVersion: kargoApiVersion,
    kind: 'Promotion',
    metadata: { name: '', generateName: 'promo-', namespace },
    spec: { stage: stage.metadata.name, freight: freight.metadata.name, steps: [] },
  };
}
