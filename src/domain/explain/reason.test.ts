import { expect, test } from 'vitest';
import type { Promotion, PromotionStatus, Stage, StageStatus } from '../../api/v1alpha1/index.ts';
import { formatWaiting } from '../promotion/index.ts';
import { explainPromotion } from './index.ts';

const apiVersion = 'kargo.akuity.io/v1alpha1';
const metadata = (name: string) => ({ name, namespace: 'demo' });

function stageOf(status: StageStatus): Stage {
  return { apiVersion, kind: 'Stage', metadata: metadata('prod'), spec: { requestedFreight: [] }, status };
}

function promotionOf(status: PromotionStatus): Promotion {
  const spec = { stage: 'prod', freight: 'f1', steps: [] };
  return { apiVersion, kind: 'Promotion', metadata: metadata('p1'), spec, status };
}

const verifying = {
  freightHistory: [{ id: 'c', verificationHistory: [{ id: 'v', phase: 'Running' as const }] }],
};

const rows: readonly {
  readonly name: string;
  readonly stage: Stage | undefined;
  readonly status: PromotionStatus;
  readonly want: string | undefined;
  readonly because: string;
}[] = [
  {
    name: 'no Stage',
    stage: undefined,
    status: { phase: 'Pending' },
    want: 'StageMissing',
    because: 'nothing else can be said',
  },
  {
    name: 'another Promotion runs',
    stage: stageOf({ currentPromotion: { name: 'p0' } }),
    status: { phase: 'Pending', message: formatWaiting('StageNotReady', 'prod') },
    want: 'StageBusy',
    because: 'the Stage knows better than a status that was written before',
  },
  {
    name: 'the Stage verifies',
    stage: stageOf(verifying),
    status: { phase: 'Pending' },
    want: 'StageVerifying',
    because: 'a Stage is promoted to when its verification has ended',
  },
  {
    name: 'nobody has looked',
    stage: stageOf({}),
    status: {},
    want: 'StageNotReady',
    because: 'the Stage will take it up',
  },
  {
    name: 'it runs',
    stage: stageOf({ currentPromotion: { name: 'p1' } }),
    status: { phase: 'Running' },
    want: undefined,
    because: 'what runs does not wait for its turn',
  },
  {
    name: 'it has ended',
    stage: stageOf({}),
    status: { phase: 'Succeeded' },
    want: undefined,
    because: 'what has ended waits for nothing',
  },
];

test.each(rows)('$name: $because', ({ stage, status, want }) => {
  const explanation = explainPromotion({ promotion: promotionOf(status), stage, freight: [], nowMs: 0 });
  expect(explanation.reason).toBe(want);
});
