import type {
  Freight,
  Promotion,
  PromotionStep,
  Stage,
  StepExecutionMetadata,
} from '../../api/v1alpha1/index.ts';
import { isTerminalPhase, parseWaiting, type WaitingReason } from '../promotion/index.ts';
import { isEnded } from '../steps/index.ts';
import { formatAgeSince } from './age.ts';
import { freightLabel, pullRequestOf } from './freight-text.ts';
import type { Advice, Blocker, Explanation } from './types.ts';

/** What must be known to explain a Promotion. */
export interface PromotionCase {
  readonly promotion: Promotion;
  /** `undefined` when it does not exist. */
  readonly stage: Stage | undefined;
  readonly freight: readonly Freight[];
  readonly nowMs: number;
}

interface Finding {
  readonly blocker: Blocker;
  readonly reason?: WaitingReason;
  /** The rest of a sentence whose subject is the Promotion. */
  readonly says: string;
  readonly facts?: readonly string[];
  readonly advice?: readonly Advice[];
}

/** The rules in order; the first that answers decides. */
const rules: readonly ((seen: PromotionCase) => Finding | undefined)[] = [
  beingDeleted,
  succeeded,
  failed,
  stageMissing,
  waitsForTurn,
  waitsForVerification,
  notSeen,
  waitsForPullRequest,
  retries,
  runsStep,
];

/** Why a Promotion is where it is, and what to do. Pure and total. */
export function explainPromotion(seen: PromotionCase): Explanation {
  const finding = firstFinding(seen);
  const { metadata, spec } = seen.promotion;
  const age = formatAgeSince(metadata.creationTimestamp, seen.nowMs);
  const what = `It promotes Freight ${freightLabel(spec.freight, seen.freight)} to Stage "${spec.stage}"${
    age === undefined ? '' : `, asked for ${age} ago`
  }.`;
  return {
    kind: 'Promotion',
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    blocker: finding.blocker,
    ...(finding.reason === undefined ? {} : { reason: finding.reason }),
    headline: `Promotion ${metadata.name} ${finding.says}.`,
    facts: [what, ...(finding.facts ?? []), ...describeSteps(seen.promotion)],
    advice: finding.advice ?? [],
  };
}

/** The step that a Promotion is at, when it runs. */
export function currentStepOf(promotion: Promotion):
  | {
      readonly index: number;
      readonly step: PromotionStep;
      readonly record: StepExecutionMetadata | undefined;
    }
  | undefined {
  const index = promotion.status?.currentStep ?? 0;
  const step = promotion.spec.steps[index];
  if (step === undefined) return undefined;
  return { index, step, record: promotion.status?.stepExecutionMetadata?.[index] };
}

function firstFinding(seen: PromotionCase): Finding {
  for (const rule of rules) {
    const finding = rule(seen);
    if (finding !== undefined) return finding;
  }
  return { blocker: 'Step', says: 'runs' };
}

function beingDeleted({ promotion }: PromotionCase): Finding | undefined {
  return promotion.metadata.deletionTimestamp === undefined
    ? undefined
    : { blocker: 'Deleted', says: 'is being deleted' };
}

function succeeded({ promotion, nowMs }: PromotionCase): Finding | undefined {
  if (promotion.status?.phase !== 'Succeeded') return undefined;
  const age = formatAgeSince(promotion.status.finishedAt, nowMs);
  return {
    blocker: 'Ended',
    says: `succeeded${age === undefined ? '' : ` ${age} ago`} and waits for nothing`,
    advice: [
      {
        text: 'See whether the Stage is healthy and verified since.',
        action: { kind: 'why', name: promotion.spec.stage },
      },
    ],
  };
}

function failed({ promotion, freight, nowMs }: PromotionCase): Finding | undefined {
  const { status, spec } = promotion;
  if (status === undefined || !isTerminalPhase(status.phase)) return undefined;
  const age = formatAgeSince(status.finishedAt, nowMs);
  const says = `ended as ${status.phase}${age === undefined ? '' : ` ${age} ago`}: ${status.message ?? 'no reason was given'}`;
  return {
    blocker: 'Failed',
    says,
    advice: [
      { text: 'A Promotion that has ended never runs again. Remove the cause, then promote again.' },
      {
        text: 'This promotes the same Freight.',
        action: {
          kind: 'promote',
          stage: spec.stage,
          freight: freightLabel(spec.freight, freight),
        },
      },
    ],
  };
}

function stageMissing({ promotion, stage }: PromotionCase): Finding | undefined {
  if (stage !== undefined) return undefined;
  return {
    blocker: 'StageMissing',
    reason: 'StageMissing',
    says: `waits for Stage "${promotion.spec.stage}", which does not exist`,
    advice: [
      { text: 'Create the Stage, or delete this Promotion.', action: { kind: 'list', resource: 'stages' } },
    ],
  };
}

function waitsForTurn({ promotion, stage }: PromotionCase): Finding | undefined {
  const current = stage?.status?.currentPromotion?.name;
  if (current === undefined || current === promotion.metadata.name) return undefined;
  return {
    blocker: 'Turn',
    reason: 'StageBusy',
    says: `waits for its turn: Promotion ${current} runs, and a Stage runs one at a time`,
    advice: [{ text: 'See what the other one waits for.', action: { kind: 'why', name: current } }],
  };
}

function waitsForVerification({ promotion, stage }: PromotionCase): Finding | undefined {
  const isCurrent = stage?.status?.currentPromotion?.name === promotion.metadata.name;
  const newest = stage?.status?.freightHistory?.[0]?.verificationHistory?.[0];
  if (isCurrent || newest === undefined || newest.finishTime !== undefined) return undefined;
  return {
    blocker: 'Verification',
    reason: 'StageVerifying',
    says: `waits until the verification that runs in Stage "${promotion.spec.stage}" has ended`,
    advice: [
      {
        text: 'Wait for the verification, or abort it.',
        action: { kind: 'describe', resource: 'stage', name: promotion.spec.stage },
      },
    ],
  };
}

function notSeen({ promotion, stage }: PromotionCase): Finding | undefined {
  if (promotion.status?.phase === 'Running') return undefined;
  const message = promotion.status?.message;
  // A reason of ours says what the sentence says; anything else is worth telling.
  const because = message === undefined || parseWaiting(message) !== undefined ? '' : ` (${message})`;
  const name = stage?.metadata.name ?? promotion.spec.stage;
  return {
    blocker: 'NotSeen',
    reason: 'StageNotReady',
    says: `waits until Stage "${name}" takes it up${because}`,
    advice: [
      {
        text: 'This takes a moment. If it does not pass, check that a controller runs and is responsible for the shard of the Stage.',
        action: { kind: 'describe', resource: 'stage', name },
      },
    ],
  };
}

function waitsForPullRequest({ promotion }: PromotionCase): Finding | undefined {
  if (currentStepOf(promotion)?.step.uses !== 'git-wait-for-pr') return undefined;
  const pullRequest = pullRequestOf(promotion);
  if (pullRequest === undefined) return undefined;
  const { number, url } = pullRequest;
  return {
    blocker: 'PullRequest',
    says: `waits until somebody merges pull request ${number}: ${url}`,
    advice: [
      { text: 'Merge the pull request; the Promotion goes on by itself.', action: { kind: 'merge', url } },
      { text: 'Closing it without a merge ends the Promotion as Failed.' },
    ],
  };
}

function retries({ promotion }: PromotionCase): Finding | undefined {
  const current = currentStepOf(promotion);
  const errors = current?.record?.errorCount ?? 0;
  if (current === undefined || errors === 0) return undefined;
  const times = errors === 1 ? 'once' : `${errors} times`;
  return {
    blocker: 'Retry',
    says: `tries step ${nameOf(current)} again, which failed ${times}: ${current.record?.message ?? 'no reason was given'}`,
    advice: [
      {
        text: 'It goes on by itself when the cause has gone, until the limits of the step are reached.',
        action: { kind: 'describe', resource: 'promotion', name: promotion.metadata.name },
      },
    ],
  };
}

function runsStep({ promotion }: PromotionCase): Finding | undefined {
  const current = currentStepOf(promotion);
  if (current === undefined) return undefined;
  const message = current.record?.message ?? promotion.status?.message;
  const where = `step ${current.index + 1} of ${promotion.spec.steps.length}, ${nameOf(current)}`;
  return {
    blocker: 'Step',
    says: message === undefined ? `runs ${where}` : `is at ${where}: ${message}`,
    advice: [{ text: 'Nothing to do: it goes on by itself.' }],
  };
}

function nameOf({
  step,
  record,
}: {
  readonly step: PromotionStep;
  readonly record: StepExecutionMetadata | undefined;
}): string {
  const alias = record?.alias ?? step.as;
  return alias === undefined || alias === '' ? `"${step.uses ?? ''}"` : `"${alias}" (${step.uses ?? ''})`;
}

/** How far it is, in one sentence; nothing before the first step. */
function describeSteps(promotion: Promotion): readonly string[] {
  const records = promotion.status?.stepExecutionMetadata ?? [];
  const total = promotion.spec.steps.length;
  if (records.length === 0 || total === 0) return [];
  const ended = records.filter((record) =>
    isEnded({ ...record, alias: record.alias ?? '', status: toStatus(record.status) }),
  );
  return [`${ended.length} of ${total} steps have ended.`];
}

function toStatus(status: string | undefined) {
  return status === 'Skipped' || status === 'Errored' ? status : undefined;
}
