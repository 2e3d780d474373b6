import { findCondition } from '../../api/meta/index.ts';
import type {
  Freight,
  FreightReference,
  Promotion,
  Stage,
  VerificationInfo,
} from '../../api/v1alpha1/index.ts';
import { compareNewestFirst, isFreightAvailable, isSameOrigin } from '../freight/index.ts';
import { formatAgeSince } from './age.ts';
import { explainUnavailable } from './availability.ts';
import { artifactLabels, freightLabel } from './freight-text.ts';
import { explainPromotion } from './promotion.ts';
import type { Advice, Blocker, Explanation } from './types.ts';

/** What must be known to explain a Stage: all Freight, Promotions and names of Warehouses of its namespace. */
export interface StageCase {
  readonly stage: Stage;
  readonly freight: readonly Freight[];
  readonly promotions: readonly Promotion[];
  readonly warehouses: readonly string[];
  readonly nowMs: number;
}

interface Finding {
  readonly blocker: Blocker;
  /** The rest of a sentence whose subject is the Stage. */
  readonly says: string;
  readonly facts?: readonly string[];
  readonly advice?: readonly Advice[];
}

/** The rules in order; the first that answers decides. */
const rules: readonly ((seen: StageCase) => Finding | undefined)[] = [
  beingDeleted,
  warehouseMissing,
  promotes,
  hasProblem,
  lastPromotionFailed,
  isUnhealthy,
  isUnverified,
  waitsForFreight,
  holdsBack,
  couldGoOn,
];

/** Why a Stage is as it is, and what to do. Pure and total. */
export function explainStage(seen: StageCase): Explanation {
  const finding = firstFinding(seen);
  const { metadata } = seen.stage;
  return {
    kind: 'Stage',
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    blocker: finding.blocker,
    headline: `Stage ${metadata.name} ${finding.says}.`,
    facts: [...(finding.facts ?? []), ...describeDeployed(seen), ...describeNewer(seen)],
    advice: finding.advice ?? [],
  };
}

function firstFinding(seen: StageCase): Finding {
  for (const rule of rules) {
    const finding = rule(seen);
    if (finding !== undefined) return finding;
  }
  return {
    blocker: 'None',
    says: 'waits for nothing: it runs the newest Freight it may have, healthy and verified',
  };
}

function beingDeleted({ stage }: StageCase): Finding | undefined {
  return stage.metadata.deletionTimestamp === undefined
    ? undefined
    : { blocker: 'Deleted', says: 'is being deleted' };
}

function warehouseMissing({ stage, warehouses }: StageCase): Finding | undefined {
  const missing = stage.spec.requestedFreight.find(({ origin }) => !warehouses.includes(origin.name));
  if (missing === undefined) return undefined;
  const { name } = missing.origin;
  return {
    blocker: 'Problem',
    says: `asks for Freight of Warehouse "${name}", which does not exist`,
    advice: [
      {
        text: `Create Warehouse "${name}", or correct spec.requestedFreight of the Stage.`,
        action: { kind: 'list', resource: 'warehouses' },
      },
    ],
  };
}

function promotes(seen: StageCase): Finding | undefined {
  const name = seen.stage.status?.currentPromotion?.name;
  if (name === undefined) return undefined;
  const promotion = seen.promotions.find((item) => item.metadata.name === name);
  if (promotion === undefined) {
    return {
      blocker: 'NotSeen',
      says: `takes up Promotion ${name}`,
      advice: [{ text: 'Nothing to do: it goes on by itself.', action: { kind: 'why', name } }],
    };
  }
  const inner = explainPromotion({ ...seen, promotion });
  return {
    blocker: inner.blocker,
    says: `is being promoted to: ${inner.headline.replace(/\.$/, '')}`,
    facts: inner.facts,
    advice: inner.advice,
  };
}

/** Conditions that neither Promotions nor health explain: mistakes in manifests, errors of the controller. */
function hasProblem({ stage }: StageCase): Finding | undefined {
  const ready = findCondition(stage.status?.conditions, 'Ready');
  const auto = findCondition(stage.status?.conditions, 'AutoPromoting');
  const explained = ['ActivePromotion', 'Unhealthy', 'PendingVerification'];
  const others = ['Healthy', 'Verified'].map((type) => findCondition(stage.status?.conditions, type)?.reason);
  if (auto?.status === 'False') {
    return {
      blocker: 'Problem',
      says: `could not start a Promotion by itself: ${auto.message}`,
      advice: [{ text: 'Remove the cause; it is tried again.', action: describeStage(stage) }],
    };
  }
  if (ready === undefined || ready.status === 'True') return undefined;
  if (explained.includes(ready.reason) || others.includes(ready.reason)) return undefined;
  if (ready.reason.startsWith('LastPromotion')) return undefined;
  return {
    blocker: 'Problem',
    says: `has a problem (${ready.reason}): ${ready.message}`,
    advice: [{ text: 'Remove the cause; the Stage looks again by itself.', action: describeStage(stage) }],
  };
}

function lastPromotionFailed(seen: StageCase): Finding | undefined {
  const last = seen.stage.status?.lastPromotion;
  const phase = last?.status?.phase;
  if (last === undefined || phase === undefined || phase === 'Succeeded') return undefined;
  const freight = freightLabel(last.freight?.name, seen.freight);
  return {
    blocker: 'Failed',
    says: `waits for a person, because its last Promotion ${last.name} (Freight ${freight}) ended as ${phase}: ${last.status?.message ?? 'no reason was given'}`,
    advice: [
      { text: 'Remove the cause, then promote again.' },
      {
        text: 'This promotes the same Freight.',
        action: { kind: 'promote', stage: seen.stage.metadata.name, freight },
      },
    ],
  };
}

function isUnhealthy({ stage }: StageCase): Finding | undefined {
  const health = stage.status?.health;
  if (deployedOf(stage) === undefined || health?.status === 'NotApplicable') return undefined;
  if (health?.status === 'Healthy') return undefined;
  const issues = (health?.issues ?? []).join('; ');
  const state = health?.status ?? 'Unknown';
  return {
    blocker: 'Health',
    says: `waits to become healthy; its health is ${state}${issues === '' ? '' : `: ${issues}`}`,
    advice: [
      {
        text: 'Freight is verified here once the Stage is healthy. Look at what the issues name.',
        action: describeStage(stage),
      },
    ],
  };
}

function isUnverified({ stage }: StageCase): Finding | undefined {
  const deployed = deployedOf(stage);
  if (deployed === undefined || stage.status?.health?.status === 'NotApplicable') return undefined;
  const history = deployed.verificationHistory ?? [];
  if (history.some(({ phase }) => phase === 'Successful')) return undefined;
  const [newest] = history;
  return {
    blocker: 'Verification',
    says: describeVerification(newest),
    advice: [
      {
        text:
          newest?.finishTime === undefined
            ? 'Nothing to do: it goes on by itself.'
            : 'Look at the message; verify again by the annotation kargo.akuity.io/reverify, or promote other Freight.',
        action: describeStage(stage),
      },
    ],
  };
}

function describeVerification(newest: VerificationInfo | undefined): string {
  if (newest === undefined) return 'waits for its verification to start';
  const message = newest.message === undefined || newest.message === '' ? '' : `: ${newest.message}`;
  if (newest.finishTime === undefined) return `waits for its verification, which runs${message}`;
  return `runs Freight whose verification ended as ${newest.phase ?? 'Unknown'}${message}`;
}

function waitsForFreight(seen: StageCase): Finding | undefined {
  const { stage, freight } = seen;
  if (deployedOf(stage) !== undefined || newestAvailable(seen) !== undefined) return undefined;
  const wanted = freight.filter((item) =>
    stage.spec.requestedFreight.some(({ origin }) => isSameOrigin(origin, item.origin)),
  );
  const [newest] = wanted.sort((a, b) => compareNewestFirst(a, b));
  if (newest === undefined) {
    const names = stage.spec.requestedFreight.map(({ origin }) => `"${origin.name}"`).join(', ');
    return {
      blocker: 'NoFreight',
      says: `waits for the first Freight of Warehouse ${names}`,
      advice: [
        {
          text: 'See what the Warehouse found.',
          action: { kind: 'list', resource: 'warehouses' },
        },
      ],
    };
  }
  const upstream = stage.spec.requestedFreight.flatMap(({ sources }) => sources.stages ?? [])[0];
  return {
    blocker: 'Upstream',
    says: `has never run anything: Freight ${freightLabel(newest.metadata.name, freight)} ${explainUnavailable(newest, stage, seen.nowMs) ?? 'is available'}`,
    advice:
      upstream === undefined
        ? []
        : [{ text: `See what Stage "${upstream}" waits for.`, action: { kind: 'why', name: upstream } }],
  };
}

function holdsBack({ stage, freight }: StageCase): Finding | undefined {
  const [hold] = Object.values(stage.status?.effectiveAutoPromotionHolds ?? {});
  if (hold === undefined) return undefined;
  const who = hold.actor === undefined ? '' : ` by ${hold.actor}`;
  return {
    blocker: 'Hold',
    says: `is held${who} at Freight ${freightLabel(hold.freightName, freight)}: promotions of ${hold.origin.kind} "${hold.origin.name}" do not start by themselves`,
    advice: [
      {
        text: 'A Promotion with the annotation kargo.akuity.io/auto-promotion-resume ends the hold.',
        action: describeStage(stage),
      },
    ],
  };
}

function couldGoOn(seen: StageCase): Finding | undefined {
  const { stage, freight, nowMs } = seen;
  const next = newestAvailable(seen);
  const running = deployedNames(stage);
  if (next === undefined || running.includes(next.metadata.name)) return undefined;
  const label = freightLabel(next.metadata.name, freight);
  if (stage.status?.autoPromotionEnabled === true) {
    return {
      blocker: 'NotSeen',
      says: `promotes by itself and should soon start a Promotion of Freight ${label}`,
      advice: [{ text: 'This takes a moment.', action: { kind: 'list', resource: 'promotions' } }],
    };
  }
  const age = formatAgeSince(next.discoveredAt ?? next.metadata.creationTimestamp, nowMs);
  return {
    blocker: 'Decision',
    says: `waits for a person to promote Freight ${label}${age === undefined ? '' : `, found ${age} ago`}`,
    facts: ['Promotions to this Stage do not start by themselves.'],
    advice: [
      {
        text: 'Promote it.',
        action: { kind: 'promote', stage: stage.metadata.name, freight: label },
      },
    ],
  };
}

function newestAvailable({ stage, freight, nowMs }: StageCase): Freight | undefined {
  const asker = { stage: stage.metadata.name, requests: stage.spec.requestedFreight, nowMs };
  return freight
    .filter((item) => isFreightAvailable(item, asker))
    .sort((a, b) => compareNewestFirst(a, b))[0];
}

function describeDeployed(seen: StageCase): readonly string[] {
  const { stage, freight, nowMs } = seen;
  const deployed = deployedOf(stage);
  if (deployed === undefined) return ['It runs nothing yet.'];
  return Object.values(deployed.items ?? {}).map((item) => {
    const live = freight.find(({ metadata }) => metadata.name === item.name);
    const name = stage.metadata.name;
    const since = formatAgeSince(live?.status?.currentlyIn?.[name]?.since, nowMs);
    const verified = formatAgeSince(live?.status?.verifiedIn?.[name]?.verifiedAt, nowMs);
    return [
      `It runs Freight ${freightLabel(item.name, freight)} (${describeArtifacts(item)})`,
      since === undefined ? '' : ` for ${since}`,
      `; health ${stage.status?.health?.status ?? 'not known yet'}`,
      verified === undefined ? ', not verified here.' : `, verified ${verified} ago.`,
    ].join('');
  });
}

/** Freight newer than what runs and whether it may come here, newest first; one sentence each, three at most. */
function describeNewer({ stage, freight, promotions, nowMs }: StageCase): readonly string[] {
  const running = deployedNames(stage);
  const current = stage.status?.currentPromotion?.name;
  const promoting = promotions.find(({ metadata }) => metadata.name === current)?.spec.freight;
  const sentences: string[] = [];
  for (const { origin } of stage.spec.requestedFreight) {
    const own = freight
      .filter((item) => isSameOrigin(item.origin, origin))
      .sort((a, b) => compareNewestFirst(a, b));
    for (const item of own) {
      if (running.includes(item.metadata.name)) break;
      if (item.metadata.name === promoting) continue;
      const available = running.length === 0 ? 'may be promoted now' : 'is newer and may be promoted now';
      const says = explainUnavailable(item, stage, nowMs) ?? available;
      sentences.push(`Freight ${freightLabel(item.metadata.name, freight)} ${says}.`);
    }
  }
  return sentences.slice(0, 3);
}

function describeArtifacts(freight: FreightReference): string {
  return artifactLabels(freight)
    .map(({ name, version }) => `${name} ${version}`)
    .join(', ');
}

function describeStage(stage: Stage) {
  return { kind: 'describe', resource: 'stage', name: stage.metadata.name } as const;
}

function deployedOf(stage: Stage) {
  return stage.status?.freightHistory?.[0];
}

function deployedNames(stage: Stage): readonly (string | undefined)[] {
  return Object.values(deployedOf(stage)?.items ?? {}).map(({ name }) => name);
}
