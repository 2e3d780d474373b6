import type { Application } from '../../api/argocd/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import { authorizedStageAnnotation, parseAuthorizedStages } from '../../domain/index.ts';
import type { StepContext } from '../../ports/index.ts';
import { pollAfterMs } from '../poll.ts';
import { decideSync, desiredRevisions, planPatch, type SyncDecision, unmatchedUpdate } from './plan.ts';
import type { AppUpdate, ArgocdUpdateConfig } from './schema.ts';

type Context = StepContext<ArgocdUpdateConfig, 'argocd'>;

interface Target {
  readonly application: Application;
  readonly entry: AppUpdate;
  readonly desired: readonly string[];
}

const longestNamedMismatches = 3;

/**
 * Changes and synchronizes Applications, and looks until the syncs that this promotion started have ended.
 *
 * No claim is needed: the operation carries the promotion's name, so an own sync is recognised in the Application itself,
 * and a patch is refused when the Application has moved on since it was read.
 */
export async function run(context: Context): Promise<StepOutcome> {
  const targets: Target[] = [];
  for (const entry of context.config.apps) {
    const found = await findApplications(context, entry);
    if ('kind' in found) return found;
    targets.push(...found);
  }
  const unmatched = refuseUnmatched(targets);
  if (unmatched !== undefined) return unmatched;

  const waiting: string[] = [];
  for (const target of targets) {
    const decision = await bringForward(context, target);
    if (decision.kind === 'failed') return failed('step.sync-failed', decision.message);
    if (decision.kind === 'wait') waiting.push(`"${target.application.metadata.name}": ${decision.why}`);
  }
  return waiting.length > 0 ? stillSyncing(context, targets, waiting) : synced(targets);
}

async function findApplications(
  context: Context,
  entry: AppUpdate,
): Promise<readonly Target[] | StepOutcome> {
  const { ports, run, signal } = context;
  const namespace = entry.namespace ?? run.argocdNamespace;
  if (entry.name !== undefined) {
    const application = await ports.argocd.get(namespace, entry.name, signal);
    if (application === undefined) {
      return absent(context, `Argo CD Application "${entry.name}" not found in namespace "${namespace}"`);
    }
    if (!isAuthorized(application, context)) {
      const message = `Argo CD Application "${entry.name}" in namespace "${namespace}" does not permit changes by Stage "${run.stage}" of project "${run.project}": its annotation ${authorizedStageAnnotation} must name "${run.project}:${run.stage}"`;
      return failed('step.sync-not-authorized', message);
    }
    return [toTarget(application, entry)];
  }
  const found = await ports.argocd.list(namespace, selectorOf(entry), signal);
  const authorized = found.filter((application) => isAuthorized(application, context));
  if (authorized.length > 0) return authorized.map((application) => toTarget(application, entry));
  if (found.length === 0) {
    return absent(context, `no Argo CD Applications in namespace "${namespace}" match the selector`);
  }
  const message = `${found.length} Argo CD Applications in namespace "${namespace}" match the selector, but none permits changes by Stage "${run.stage}"`;
  return failed('step.sync-not-authorized', message);
}

/** An Application is often created by the very commit that was just pushed, so it is waited for until the timeout. */
function absent(context: Context, message: string): StepOutcome {
  return { kind: 'waiting', message, pollAfterMs: pollAfterMs(context.config, context.run), wakes: [] };
}

/** Absent members stay absent: an explicit `undefined` is not the same to every reader. */
function selectorOf(entry: AppUpdate): Parameters<Context['ports']['argocd']['list']>[1] {
  const { matchLabels, matchExpressions } = entry.selector ?? {};
  return {
    ...(matchLabels === undefined ? {} : { matchLabels }),
    ...(matchExpressions === undefined
      ? {}
      : {
          matchExpressions: matchExpressions.map(({ key, operator, values }) =>
            values === undefined ? { key, operator } : { key, operator, values },
          ),
        }),
  };
}

function isAuthorized(application: Application, context: Context): boolean {
  const text = application.metadata.annotations?.[authorizedStageAnnotation];
  const stages = text === undefined ? undefined : parseAuthorizedStages(text);
  const { project, stage } = context.run;
  return stages?.some((one) => one.project === project && one.stage === stage) === true;
}

function toTarget(application: Application, entry: AppUpdate): Target {
  return { application, entry, desired: desiredRevisions(application, entry.sources ?? []) };
}

/** With several Applications nothing is touched unless every change applies to every one of them. */
function refuseUnmatched(targets: readonly Target[]): StepOutcome | undefined {
  const mismatches = targets.flatMap(({ application, entry }) => {
    const update = unmatchedUpdate(application, entry.sources ?? []);
    if (update === undefined) return [];
    const chart = update.chart === undefined ? '' : `, chart "${update.chart}"`;
    return [`"${application.metadata.name}" has no source with repoURL "${update.repoURL}"${chart}`];
  });
  if (mismatches.length === 0) return undefined;
  const more = mismatches.length - longestNamedMismatches;
  const named = mismatches.slice(0, longestNamedMismatches).join('; ');
  return failed('step.source-not-found', more > 0 ? `${named}; and ${more} more` : named);
}

async function bringForward(context: Context, target: Target): Promise<SyncDecision> {
  const { run, ports, signal } = context;
  const decision = decideSync(target.application, run.promotion, target.desired);
  if (decision.kind !== 'update') return decision;
  const patch = planPatch(target.application, target.entry.sources ?? [], {
    promotion: run.promotion,
    actor: run.actor,
  });
  await ports.argocd.patch(target.application, patch, signal);
  return { kind: 'wait', why: 'a sync was asked for' };
}

function stillSyncing(context: Context, targets: readonly Target[], waiting: readonly string[]): StepOutcome {
  return {
    kind: 'waiting',
    message: `waiting for Argo CD: ${waiting.join('; ')}`,
    pollAfterMs: pollAfterMs(context.config, context.run),
    wakes: targets.map(({ application }) => ({ kind: 'application', ...nameOf(application) })),
    output: { apps: targets.map(({ application }) => nameOf(application)) },
  };
}

function synced(targets: readonly Target[]): StepOutcome {
  return {
    kind: 'done',
    status: 'Succeeded',
    output: { apps: targets.map(({ application }) => nameOf(application)) },
    healthCheck: {
      uses: 'argocd-update',
      config: {
        apps: targets.map(({ application, desired }) => ({
          ...nameOf(application),
          ...(desired.length > 0 ? { desiredRevisions: [...desired] } : {}),
        })),
      },
    },
  };
}

function nameOf(application: Application): { readonly name: string; readonly namespace: string } {
  const { name, namespace } = application.metadata;
  return { name, namespace: namespace ?? '' };
}

function failed(code: string, message: string): StepOutcome {
  return { kind: 'failed', status: 'Errored', code, message, terminal: true };
}
