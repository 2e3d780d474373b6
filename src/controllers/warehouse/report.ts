import { annotationOf, type Condition, removeCondition, setCondition } from '../../api/meta/index.ts';
import { annotations } from '../../api/v1alpha1/index.ts';
import { type AppError, assertNever } from '../../base/index.ts';
import {
  controllerActor,
  credentialsCondition,
  describeCredentials,
  type EventDraft,
  formatTime,
  freightEvent,
  modernizeSubscription,
  type Report,
  type WakeUp,
} from '../../domain/index.ts';
import { intervalMsOf } from './due.ts';
import { describeKey, describeLaggards, groupArtifacts, grouped, settling } from './group.ts';
import type {
  DiscoveredArtifacts,
  WarehouseDone,
  WarehousePlan,
  WarehouseRules,
  WarehouseSeen,
  WarehouseStatus,
} from './types.ts';

/** Tags that the last look left out; its own condition, so that the Warehouse can be ready nevertheless. */
const skippedTags = 'gantry.io/SkippedTags';
/** When the next look is due already. */
const overdueMs = 100;
const maxTagsNamed = 10;
/** Fields of former times that are read as they were meant; its own condition, because nothing is wrong yet. */
const oldSpelling = 'gantry.io/OldSpelling';
const maxNotes = 10;

type Change = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

interface Verdict {
  /** Conditions to set, and names of those to remove. */
  readonly changes: readonly (Change | string)[];
  readonly error?: AppError;
}

/** Status, events and next wake-up of a Warehouse's pass. */
export function report(
  seen: WarehouseSeen,
  plan: WarehousePlan,
  done: WarehouseDone,
  rules: WarehouseRules,
): Report<WarehouseStatus> {
  if (plan.kind === 'ignore') return { status: undefined, events: [], wakeUp: { kind: 'none' } };
  if (plan.kind === 'defer') {
    return { status: undefined, events: [], wakeUp: { kind: 'after', delayMs: plan.delayMs } };
  }
  const verdict = judge(seen, plan, done);
  const { error } = verdict;
  return {
    status: nextStatus(seen, plan, verdict),
    events: toEvents(done, rules),
    wakeUp: nextWakeUp(seen, plan, error, rules),
    ...(error === undefined ? {} : { error }),
  };
}

function judge(
  seen: WarehouseSeen,
  plan: Exclude<WarehousePlan, { kind: 'ignore' | 'defer' }>,
  done: WarehouseDone,
): Verdict {
  switch (plan.kind) {
    case 'report-failure':
      return judgeFailure(seen, plan.error);
    case 'report-nothing-found':
      return {
        changes: [
          { type: 'Healthy', status: 'False', reason: plan.healthyReason, message: plan.message },
          { type: 'Ready', status: 'False', reason: plan.readyReason, message: plan.message },
          'Reconciling',
          ...forgetFreight(seen),
        ],
      };
    case 'report-bad-criteria': {
      const message = `Freight creation criteria cannot be evaluated: ${plan.problem}`;
      return {
        changes: [
          { type: 'Healthy', status: 'False', reason: 'CriteriaEvaluationFailed', message },
          { type: 'Ready', status: 'False', reason: 'CriteriaEvaluationFailed', message },
          'Reconciling',
          ...forgetFreight(seen),
        ],
      };
    }
    case 'report-bad-group': {
      const message = `The rule that keeps images together cannot be followed: ${plan.problem}`;
      return {
        changes: [
          { type: 'Healthy', status: 'False', reason: 'InvalidGroupRule', message },
          { type: 'Ready', status: 'False', reason: 'InvalidGroupRule', message },
          'Reconciling',
          ...forgetFreight(seen),
        ],
      };
    }
    case 'leave-to-people':
    case 'wait-for-group':
    case 'let-settle':
      return { changes: [...forgetFreight(seen), ...success(seen)] };
    case 'hold-back':
      return {
        changes: [
          ...forgetFreight(seen),
          {
            type: 'FreightCreationCriteriaSatisfied',
            status: 'False',
            reason: 'CriteriaNotSatisfied',
            message: 'Freight creation criteria are not satisfied',
          },
          ...success(seen),
        ],
      };
    case 'keep':
      return { changes: [satisfied, existed(plan.freight.metadata.name), ...success(seen)] };
    case 'mint':
      return judgeMint(seen, plan.freight.metadata.name, done);
    default:
      return assertNever(plan);
  }
}

function judgeFailure(seen: WarehouseSeen, error: AppError): Verdict {
  const text = explain(error);
  return {
    error,
    changes: [
      {
        type: 'Reconciling',
        status: 'True',
        reason: 'ScheduledDiscovery',
        message: `Discovering artifacts for ${seen.object.spec.subscriptions.length} subscriptions`,
      },
      {
        type: 'Healthy',
        status: 'False',
        reason: 'DiscoveryFailed',
        message: `Unable to discover artifacts: ${text}`,
      },
      {
        type: 'Ready',
        status: 'False',
        reason: 'DiscoveryFailure',
        message: `Artifact discovery failed: ${text}`,
      },
      'FreightCreationCriteriaSatisfied',
      'FreightCreated',
    ],
  };
}

function judgeMint(seen: WarehouseSeen, name: string, done: WarehouseDone): Verdict {
  if (done.kind === 'refused') {
    const text = `Unable to create Freight ${name}: ${explain(done.error)}`;
    return {
      error: done.error,
      changes: [
        satisfied,
        { type: 'Healthy', status: 'False', reason: 'FreightBuildFailure', message: text },
        { type: 'Ready', status: 'False', reason: 'FreightCreationFailure', message: text },
        'Reconciling',
      ],
    };
  }
  const created: Change =
    done.kind === 'created'
      ? { type: 'FreightCreated', status: 'True', reason: 'NewFreight', message: `Created Freight ${name}` }
      : existed(name);
  return { changes: [satisfied, created, ...success(seen)] };
}

const satisfied: Change = {
  type: 'FreightCreationCriteriaSatisfied',
  status: 'True',
  reason: 'CriteriaSatisfied',
  message: 'Freight creation criteria are satisfied',
};

function existed(name: string): Change {
  return {
    type: 'FreightCreated',
    status: 'False',
    reason: 'AlreadyExists',
    message: `Freight ${name} exists already`,
  };
}

function success(seen: WarehouseSeen): readonly (Change | string)[] {
  const count = seen.object.spec.subscriptions.length;
  const message = `Successfully discovered artifacts from ${count} subscriptions`;
  return [
    { type: 'Healthy', status: 'True', reason: 'ReconciliationSucceeded', message },
    { type: 'Ready', status: 'True', reason: 'ArtifactsDiscovered', message },
    'Reconciling',
  ];
}

/** What is said of Freight belongs to the last look. */
function forgetFreight(seen: WarehouseSeen): readonly string[] {
  return seen.look.kind === 'found' ? ['FreightCreationCriteriaSatisfied', 'FreightCreated'] : [];
}

function explain(error: AppError): string {
  return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
}

function nextStatus(seen: WarehouseSeen, plan: WarehousePlan, verdict: Verdict): WarehouseStatus {
  const { object, look } = seen;
  const generation = object.metadata.generation ?? 0;
  const token = annotationOf(object, annotations.refresh);
  const now = formatTime(seen.nowMs);
  let conditions: readonly Condition[] = object.status?.conditions ?? [];
  for (const change of [
    ...verdict.changes,
    ...groupChanges(seen, plan),
    ...skippedChange(seen),
    spellingChange(seen),
    ...credentialsChange(seen),
  ]) {
    conditions =
      typeof change === 'string'
        ? removeCondition(conditions, change)
        : setCondition(conditions, { ...change, observedGeneration: generation }, now);
  }
  const isMinted = plan.kind === 'mint' || plan.kind === 'keep';
  return {
    ...object.status,
    conditions,
    ...(token === undefined ? {} : { lastHandledRefresh: token }),
    ...(look.kind === 'failed' ? {} : { observedGeneration: generation }),
    ...(look.kind === 'found' ? { discoveredArtifacts: look.artifacts } : {}),
    ...(isMinted ? { lastFreightID: plan.freight.metadata.name } : {}),
  };
}

/** What is to be said of images that must belong together; a set that is new starts to settle now. */
function groupChanges(seen: WarehouseSeen, plan: WarehousePlan): readonly (Change | string)[] {
  const artifacts = lastLook(seen);
  if (plan.kind === 'report-failure' || artifacts === undefined) return [];
  const grouping = groupArtifacts(seen.object, artifacts);
  const say = (status: Change['status'], reason: string, message: string): Change => ({
    type: grouped,
    status,
    reason,
    message,
  });
  switch (grouping.kind) {
    case 'none':
      return [grouped];
    case 'bad-rule':
      return [say('False', 'InvalidGroupRule', grouping.problem)];
    case 'incomplete': {
      const behind = describeLaggards(grouping.rule, grouping.laggards);
      return [
        say('False', 'Incomplete', `No Freight is made of images that do not belong together: ${behind}`),
      ];
    }
    case 'complete': {
      const { rule, choice } = grouping;
      const behind = choice.laggards.length === 0 ? '' : `; ${describeLaggards(rule, choice.laggards)}`;
      const message = `All images have ${describeKey(rule)} ${choice.value}${behind}`;
      if (plan.kind !== 'let-settle') return [say('True', 'Complete', message)];
      const until = formatTime(plan.untilMs);
      const waiting = say(
        'False',
        settling,
        `${message}; Freight is made of them if they are the same at ${until}`,
      );
      return plan.isNew ? [grouped, waiting] : [waiting];
    }
    default:
      return assertNever(grouping);
  }
}

function skippedChange({ look }: WarehouseSeen): readonly (Change | string)[] {
  if (look.kind !== 'found') return [];
  if (look.skipped.length === 0) return [skippedTags];
  const lines = look.skipped.map((item) => `${item.repoURL}:${item.tag} (${item.problem})`).sort();
  const more = lines.length > maxTagsNamed ? ` and ${lines.length - maxTagsNamed} more` : '';
  const message = `Left out because they cannot be read: ${lines.slice(0, maxTagsNamed).join(', ')}${more}`;
  return [{ type: skippedTags, status: 'True', reason: 'TagsUnreadable', message }];
}

function credentialsChange({ credentials }: WarehouseSeen): readonly (Change | string)[] {
  return credentials === undefined ? [] : [describeCredentials(credentials) ?? credentialsCondition];
}

function spellingChange({ object }: WarehouseSeen): Change | string {
  const notes = object.spec.subscriptions.flatMap((entry, index) =>
    modernizeSubscription(entry).notes.map((note) => `spec.subscriptions[${index}]: ${note}`),
  );
  if (notes.length === 0) return oldSpelling;
  const more = notes.length > maxNotes ? `; and ${notes.length - maxNotes} more` : '';
  const message = `Rewrite these before Kargo reads them otherwise: ${notes.slice(0, maxNotes).join('; ')}${more}`;
  return { type: oldSpelling, status: 'True', reason: 'DeprecatedFields', message };
}

function toEvents(done: WarehouseDone, rules: WarehouseRules): readonly EventDraft[] {
  if (done.kind !== 'created') return [];
  return [
    freightEvent(done.freight, {
      reason: 'FreightCreated',
      message: 'Freight created from discovered artifacts',
      component: rules.controllerName,
      actor: controllerActor(rules.controllerName),
      stage: '',
    }),
  ];
}

/** An error that waits for a human is looked at again at the interval: the remedy may lie outside the Warehouse. */
function nextWakeUp(
  seen: WarehouseSeen,
  plan: WarehousePlan,
  error: AppError | undefined,
  rules: WarehouseRules,
): WakeUp {
  const intervalMs = Math.max(intervalMsOf(seen.object), rules.minIntervalMs);
  if (error !== undefined) {
    return error.disposition === 'stop' ? { kind: 'after', delayMs: intervalMs } : { kind: 'backoff' };
  }
  const discoveredAtMs = Date.parse(lastLook(seen)?.discoveredAt ?? '');
  if (Number.isNaN(discoveredAtMs)) return { kind: 'after', delayMs: intervalMs };
  const nextLookMs = discoveredAtMs + intervalMs;
  const nextMs = plan.kind === 'let-settle' ? Math.min(plan.untilMs, nextLookMs) : nextLookMs;
  const remainingMs = nextMs - seen.nowMs;
  return { kind: 'after', delayMs: remainingMs > 0 ? remainingMs : overdueMs };
}

function lastLook(seen: WarehouseSeen): DiscoveredArtifacts | undefined {
  return seen.look.kind === 'found' ? seen.look.artifacts : seen.object.status?.discoveredArtifacts;
}
