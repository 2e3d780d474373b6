import { expect, test } from 'vitest';
import type { JsonObject } from '../../base/index.ts';
import {
  answerKey,
  createPromotionExpressions,
  type PromotionScope,
  type Snapshot,
  type StepFacts,
} from './index.ts';

const origin = { kind: 'Warehouse', name: 'main' };
const warehouse = { spec: { subscriptions: [{ image: { repoURL: 'ghcr.io/x/app' } }] } };
const asked: Snapshot = {
  project: 'demo',
  sharedNamespace: 'shared',
  requestedOrigins: [origin],
  freight: [
    { name: 'f1', origin, images: [{ repoURL: 'ghcr.io/x/app', tag: '49040600', digest: 'sha256:a' }] },
  ],
  answers: new Map(),
};
const answered: Snapshot = {
  ...asked,
  answers: new Map<string, JsonObject>([[answerKey({ kind: 'warehouse', key: 'demo/main' }), warehouse]]),
};

function scopeOf(snapshot: Snapshot): PromotionScope {
  return {
    facts: {
      uiBaseUrl: '',
      stage: 'prod',
      promotion: 'prod.01.abc',
      targetFreight: { name: 'f1', alias: 'calm-cat', origin },
      actor: 'ann',
      isRollback: false,
    },
    snapshot,
    nowMs: 0,
  };
}

const step: StepFacts = {
  alias: 'task-1::deploy',
  outputs: { 'task-1::build': { tag: '1.10' }, other: { n: 1 } },
  verbatimOutputs: ['/task-1::build/tag'],
  steps: [{ alias: 'task-1::build', status: 'Failed' }],
};
const expressions = createPromotionExpressions();

test('a function that lacks a Warehouse reports it', () => {
  const vars = [{ name: 'image', value: "${{ imageFrom('ghcr.io/x/app') }}" }];
  expect(expressions.evaluateVars(scopeOf(asked), vars)).toEqual({
    kind: 'needs',
    needs: [{ kind: 'warehouse', key: 'demo/main' }],
  });
});

const tags = [
  { name: 'direct', vars: [], given: "${{ imageFrom('ghcr.io/x/app').Tag }}", want: '49040600' },
  {
    name: 'through a variable',
    vars: [{ name: 't', value: "${{ imageFrom('ghcr.io/x/app').Tag }}" }],
    given: '${{ vars.t }}',
    want: '49040600',
  },
  {
    name: 'through a variable that holds the image',
    vars: [{ name: 'i', value: "${{ imageFrom('ghcr.io/x/app') }}" }],
    given: '${{ vars.i.tag }}',
    want: '49040600',
  },
  { name: 'by an output of the task', vars: [], given: '${{ task.outputs.build.tag }}', want: '1.10' },
  { name: 'by the target Freight', vars: [], given: '${{ ctx.targetFreight.alias }}', want: 'calm-cat' },
  { name: 'concatenated', vars: [], given: "v${{ imageFrom('ghcr.io/x/app').Tag }}", want: 'v49040600' },
];
test.each(tags)('a number-like tag stays text $name', ({ vars, given, want }) => {
  const scope = scopeOf(answered);
  const evaluated = expressions.evaluateVars(scope, vars);
  expect(evaluated.kind).toBe('value');
  if (evaluated.kind !== 'value') return;
  const result = expressions.evaluateConfig(scope, step, { value: given }, evaluated.vars);
  expect(result).toMatchObject({ kind: 'value', config: { value: want } });
});

const conditions = [
  { given: "${{ status('build') == 'Failed' }}", want: { kind: 'value', runs: true } },
  { given: '${{ success() }}', want: { kind: 'value', runs: false } },
  { given: '${{ always() }}', want: { kind: 'value', runs: true } },
  { given: 'true', want: { kind: 'problems', problems: [{ where: 'if', problem: { code: 'expr.type' } }] } },
];
test.each(conditions)('the condition $given', ({ given, want }) => {
  expect(expressions.evaluateIf(scopeOf(answered), step, given, {})).toMatchObject(want);
});

test('a wrong field says which fields there are', () => {
  const config = { a: "${{ imageFrom('ghcr.io/x/app').Tg }}" };
  const result = expressions.evaluateConfig(scopeOf(answered), step, config, {});
  expect(result).toMatchObject({
    kind: 'problems',
    problems: [
      { where: 'config', pointer: '/a', problem: { message: 'image has no "Tg", did you mean "Tag"?' } },
    ],
  });
});
