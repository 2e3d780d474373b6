import type { Application } from '../../api/argocd/index.ts';
import { findCondition } from '../../api/meta/index.ts';
import {
  annotations,
  type Freight,
  type Promotion,
  type Stage,
  type StepExecutionMetadata,
  type Warehouse,
} from '../../api/v1alpha1/index.ts';
import { artifactLabels, freightLabel, isTerminalPhase, shortDigest } from '../../domain/index.ts';
import type { Change } from '../../ports/index.ts';

/** One line of the story. */
export interface StoryLine {
  /** Who it is about, e.g. "dev" or "Argo CD". */
  readonly who: string;
  readonly mark: 'did' | 'note' | 'waits' | 'failed';
  readonly text: string;
}

/** What happened to one object. */
export type StoryEvent =
  | { readonly kind: 'warehouse'; readonly change: Change<Warehouse> }
  | { readonly kind: 'freight'; readonly change: Change<Freight> }
  | { readonly kind: 'promotion'; readonly change: Change<Promotion> }
  | { readonly kind: 'stage'; readonly change: Change<Stage> }
  | { readonly kind: 'application'; readonly change: Change<Application> };

/** What else is known: Freight to call it by its alias, Stages to tell a queue from a moment's wait. */
export interface StoryFacts {
  readonly freight: readonly Freight[];
  readonly stages: readonly Stage[];
}

/** What there is to say about a change: what is new compared with before, nothing for the rest. Pure. */
export function narrate(event: StoryEvent, facts: StoryFacts): readonly StoryLine[] {
  if (event.change.kind === 'deleted') return [];
  switch (event.kind) {
    case 'warehouse':
      return tellWarehouse(event.change.object, oldOf(event.change));
    case 'freight':
      return tellFreight(event.change.object, oldOf(event.change), facts.freight);
    case 'promotion':
      return tellPromotion(event.change.object, oldOf(event.change), facts);
    case 'stage':
      return tellStage(event.change.object, oldOf(event.change));
    case 'application':
      return tellApplication(event.change.object, oldOf(event.change));
  }
}

function oldOf<T extends Warehouse | Freight | Promotion | Stage | Application>(
  change: Change<T>,
): T | undefined {
  return change.kind === 'updated' ? change.old : undefined;
}

function tellWarehouse(now: Warehouse, old: Warehouse | undefined): readonly StoryLine[] {
  const who = `Warehouse ${now.metadata.name}`;
  const lines: StoryLine[] = [];
  const known = new Set(foundImages(old).map(({ text }) => text));
  const fresh = foundImages(now).filter(({ text }) => !known.has(text));
  if (fresh.length > 0) {
    lines.push({ who, mark: 'note', text: `found ${fresh.map(({ text }) => text).join(', ')}` });
  }
  const ready = findCondition(now.status?.conditions, 'Ready');
  const before = findCondition(old?.status?.conditions, 'Ready');
  if (ready?.status === 'False' && ready.message !== before?.message) {
    lines.push({ who, mark: 'waits', text: ready.message });
  }
  return lines;
}

function foundImages(warehouse: Warehouse | undefined): readonly { readonly text: string }[] {
  return (warehouse?.status?.discoveredArtifacts?.images ?? []).flatMap(({ repoURL, references }) => {
    const [best] = references ?? [];
    if (best === undefined) return [];
    return [{ text: `${repoURL.split('/').at(-1) ?? repoURL}:${best.tag} at ${shortDigest(best.digest)}` }];
  });
}

function tellFreight(now: Freight, old: Freight | undefined, all: readonly Freight[]): readonly StoryLine[] {
  const label = freightLabel(now.metadata.name, [now, ...all]);
  const lines: StoryLine[] = [];
  if (old === undefined) {
    const parts = artifactLabels(now).map(({ name, version }) => `${name} ${version}`);
    lines.push({ who: 'Freight', mark: 'did', text: `${label} is minted from ${parts.join(', ')}` });
  }
  for (const stage of Object.keys(now.status?.verifiedIn ?? {})) {
    if (old?.status?.verifiedIn?.[stage] !== undefined) continue;
    lines.push({ who: stage, mark: 'did', text: `Freight ${label} is verified here` });
  }
  return lines;
}

function tellPromotion(
  now: Promotion,
  old: Promotion | undefined,
  { freight, stages }: StoryFacts,
): readonly StoryLine[] {
  const who = now.spec.stage;
  const lines: StoryLine[] = [];
  if (old === undefined) {
    const actor = now.metadata.annotations?.[annotations.createActor];
    const isOwn = actor === undefined || actor.startsWith('controller:');
    const how = isOwn ? 'started by the Stage itself' : `asked for by ${actor.slice(actor.indexOf(':') + 1)}`;
    const label = freightLabel(now.spec.freight, freight);
    lines.push({ who, mark: 'note', text: `Promotion of Freight ${label}, ${how}` });
  }
  for (const index of now.status?.stepExecutionMetadata?.keys() ?? []) {
    const line = tellStep(now, index, old?.status?.stepExecutionMetadata?.[index]);
    if (line !== undefined) lines.push({ ...line, who });
  }
  const { phase, message } = now.status ?? {};
  if (isTerminalPhase(phase) && !isTerminalPhase(old?.status?.phase)) lines.push(tellEnd(now));
  const stage = stages.find(
    ({ metadata }) => metadata.name === who && metadata.namespace === now.metadata.namespace,
  );
  // Until its Stage takes it up, a moment passes that is not worth a line; a queue is.
  const isQueued = (stage?.status?.currentPromotion?.name ?? now.metadata.name) !== now.metadata.name;
  if (phase === 'Pending' && isQueued && message !== undefined && message !== old?.status?.message) {
    lines.push({ who, mark: 'waits', text: message });
  }
  return lines;
}

function tellEnd({ spec, status }: Promotion): StoryLine {
  if (status?.phase === 'Succeeded') {
    const tookMs = Date.parse(status.finishedAt ?? '') - Date.parse(status.startedAt ?? '');
    const took = Number.isNaN(tookMs) ? '' : ` after ${Math.round(tookMs / 1000)} s`;
    return { who: spec.stage, mark: 'did', text: `Promotion succeeded${took}` };
  }
  const why = status?.message ?? 'no reason was given';
  return {
    who: spec.stage,
    mark: 'failed',
    text: `Promotion ended as ${status?.phase ?? 'Unknown'}: ${why}`,
  };
}

/** A step that has ended, or that waits for something it did not name before. */
function tellStep(
  promotion: Promotion,
  index: number,
  old: StepExecutionMetadata | undefined,
): Omit<StoryLine, 'who'> | undefined {
  const record = promotion.status?.stepExecutionMetadata?.[index];
  if (record?.status === undefined) return undefined;
  const step = promotion.spec.steps[index];
  const name = `step ${index + 1}/${promotion.spec.steps.length} ${step?.uses ?? record.alias ?? ''}`;
  const says = record.message === undefined || record.message === '' ? '' : `: ${record.message}`;
  if (record.status === 'Running') {
    if (says === '' || record.message === old?.message) return undefined;
    return { mark: 'waits', text: `${name}${says}` };
  }
  if (record.status === old?.status) return undefined;
  if (record.status === 'Failed' || record.status === 'Errored') {
    return { mark: 'failed', text: `${name}${says}` };
  }
  const skipped = record.status === 'Skipped' ? ' skipped' : '';
  const output = says === '' ? describeOutput(promotion.status?.state?.[record.alias ?? '']) : '';
  return { mark: 'did', text: `${name}${skipped}${says}${output}` };
}

/** What a step gave out, where that says more than that it ended: the first line of a message, a commit. */
function describeOutput(output: unknown): string {
  const { commitMessage, commit } = readMembers(output);
  if (typeof commitMessage === 'string') return `: ${commitMessage.split('\n')[0] ?? ''}`;
  return typeof commit === 'string' ? `: ${shortDigest(commit)}` : '';
}

function readMembers(output: unknown): Readonly<Record<'commitMessage' | 'commit', unknown>> {
  const members = typeof output === 'object' && output !== null ? output : {};
  return { commitMessage: Reflect.get(members, 'commitMessage'), commit: Reflect.get(members, 'commit') };
}

function tellStage(now: Stage, old: Stage | undefined): readonly StoryLine[] {
  const who = now.metadata.name;
  const lines: StoryLine[] = [];
  const health = now.status?.health;
  const before = old?.status?.health?.status;
  const isTold = ['Healthy', 'Progressing', 'Unhealthy'].includes(health?.status ?? '');
  if (health?.status !== undefined && health.status !== before && isTold) {
    const issues = (health.issues ?? []).join('; ');
    const text = `health is ${health.status}${issues === '' ? '' : `: ${issues}`}`;
    lines.push({ who, mark: markOfHealth(health.status), text });
  }
  const auto = findCondition(now.status?.conditions, 'AutoPromoting');
  if (
    auto?.status === 'False' &&
    auto.message !== findCondition(old?.status?.conditions, 'AutoPromoting')?.message
  ) {
    lines.push({ who, mark: 'failed', text: auto.message });
  }
  return lines;
}

function tellApplication(now: Application, old: Application | undefined): readonly StoryLine[] {
  const who = 'Argo CD';
  const { name } = now.metadata;
  const lines: StoryLine[] = [];
  const state = now.status?.operationState ?? undefined;
  const finished = state?.finishedAt !== undefined && state.phase !== 'Running';
  const before = old?.status?.operationState ?? undefined;
  if (finished && (before?.phase !== state.phase || before?.startedAt !== state.startedAt)) {
    const isGood = state.phase === 'Succeeded';
    const revision = shortDigest(state.syncResult?.revision ?? now.status?.sync?.revision ?? '');
    const text = isGood
      ? `${name} synced to ${revision}`
      : `${name} did not sync: ${state.message ?? state.phase ?? 'no reason was given'}`;
    lines.push({ who, mark: isGood ? 'did' : 'failed', text });
  }
  const health = now.status?.health?.status;
  if (health !== undefined && health !== old?.status?.health?.status && health !== 'Missing') {
    lines.push({ who, mark: markOfHealth(health), text: `${name} is ${health}` });
  }
  return lines;
}

function markOfHealth(health: string): StoryLine['mark'] {
  if (health === 'Healthy') return 'did';
  return health === 'Unhealthy' || health === 'Degraded' ? 'failed' : 'waits';
}
