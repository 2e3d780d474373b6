import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../base/index.ts';
import { formatProblem } from '../../expr/index.ts';
import { answerKey, createPromotionExpressions, type PromotionScope, type StepFacts } from './index.ts';

const origin = { kind: 'Warehouse', name: 'main' };
const subscriptions = [{ image: { repoURL: 'ghcr.io/x/app' } }];
const objects: readonly (readonly [string, string, JsonObject | null])[] = [
  ['warehouse', 'demo/main', { spec: { subscriptions } }],
  ['freight', 'demo/calm-cat', null],
];

const scope: PromotionScope = {
  facts: {
    uiBaseUrl: '',
    stage: 'prod',
    promotion: 'prod.01.abc',
    targetFreight: { name: 'f1', alias: 'calm-cat', origin },
    actor: 'ann',
    isRollback: false,
  },
  snapshot: {
    project: 'demo',
    sharedNamespace: 'shared',
    requestedOrigins: [origin],
    freight: [{ name: 'f1', origin, images: [{ repoURL: 'ghcr.io/x/app', tag: '1.10' }] }],
    answers: new Map(objects.map(([kind, key, object]) => [answerKey({ kind, key }), object])),
  },
  nowMs: 0,
};

const outsideOfTasks: StepFacts = {
  alias: 'notify',
  outputs: { commit: { branch: 'env/prod' }, 'open-pr': { pr: { id: 7 } }, 'deploy::push': { branch: 'b' } },
  verbatimOutputs: [],
  steps: [
    { alias: 'commit', status: 'Succeeded' },
    { alias: 'build', status: 'Skipped' },
  ],
};
const insideOfTask: StepFacts = { ...outsideOfTasks, alias: 'deploy::notify' };

const vars = { image: 'ghcr.io/x/app', count: 3, list: ['a', 'b'] };
const expressions = createPromotionExpressions();

interface Mistake {
  readonly name: string;
  readonly given: string;
  readonly step?: StepFacts;
  readonly code: string;
  /** Column of the problem, from 1. */
  readonly column: number;
  /** What the message has to name. */
  readonly says: readonly string[];
}

const mistakes: readonly Mistake[] = [
  {
    name: 'outputs of a step of the same task without the task',
    given: '${{ outputs.push.branch }}',
    step: insideOfTask,
    code: 'expr.nil-access',
    column: 18,
    says: ['outputs.push is nil', 'a step of the same task is task.outputs.push'],
  },
  {
    name: 'outputs of a step of a task from outside',
    given: '${{ outputs.push.branch }}',
    code: 'expr.nil-access',
    column: 18,
    says: ["a step of a task is outputs['deploy::push']"],
  },
  {
    name: 'task.outputs outside of tasks',
    given: '${{ task.outputs.commit.branch }}',
    code: 'expr.nil-access',
    column: 10,
    says: ['task is nil', 'task exists in steps of a task only'],
  },
  {
    name: 'task.outputs of a step outside of the task',
    given: '${{ task.outputs.commit.branch }}',
    step: insideOfTask,
    code: 'expr.nil-access',
    column: 25,
    says: ['task.outputs has push', 'a step outside of the task is outputs.commit'],
  },
  {
    name: 'a hyphen in an alias',
    given: '${{ outputs.open-pr.pr.id }}',
    code: 'expr.nil-access',
    column: 21,
    says: ['pr is nil', "outputs['open-pr']"],
  },
  {
    name: 'an alias with a hyphen in brackets without quotes',
    given: '${{ outputs[open-pr].pr.id }}',
    code: 'expr.type',
    column: 17,
    says: ["stands in quotes: 'open-pr'"],
  },
  {
    name: 'the output of a step that was skipped',
    given: '${{ outputs.build.tag }}',
    code: 'expr.nil-access',
    column: 19,
    says: ['outputs has commit, deploy::push, open-pr', 'step "build" is Skipped and has no output'],
  },
  {
    name: 'output for outputs',
    given: '${{ output.commit.branch }}',
    code: 'expr.nil-access',
    column: 12,
    says: ['did you mean "outputs"?'],
  },
  {
    name: 'a missing variable in the middle of a path',
    given: '${{ vars.app.tag }}',
    code: 'expr.nil-access',
    column: 14,
    says: ['vars.app is nil; vars has count, image, list'],
  },
  {
    name: 'a missing variable as an argument',
    given: '${{ upper(vars.name) }}',
    code: 'expr.type',
    column: 5,
    says: ['vars.name is nil; vars has count, image, list'],
  },
  {
    name: 'a variable without vars',
    given: '${{ upper(image) }}',
    code: 'expr.type',
    column: 5,
    says: ['image is nil', 'write vars.image'],
  },
  {
    name: 'a misspelled variable as a repository',
    given: '${{ imageFrom(vars.imgae).Tag }}',
    code: 'expr.type',
    column: 5,
    says: ['vars.imgae is nil, did you mean "image"?'],
  },
  {
    name: 'an address without quotes',
    given: '${{ imageFrom(ghcr.io/x/app).Tag }}',
    code: 'expr.type',
    column: 15,
    says: ['takes string', 'a text must stand in quotes'],
  },
  {
    name: 'an alias without quotes',
    given: "${{ status(commit) == 'Failed' }}",
    code: 'expr.type',
    column: 5,
    says: ['commit is nil', 'write outputs.commit'],
  },
  {
    name: 'an image that is not in the Freight',
    given: "${{ imageFrom('ghcr.io/x/other').Tag }}",
    code: 'expr.nil-access',
    column: 34,
    says: ['is nil: no Freight here holds an image of this repository'],
  },
  {
    name: 'a field that is misspelled',
    given: "${{ imageFrom('ghcr.io/x/app').Tags }}",
    code: 'expr.unknown-name',
    column: 32,
    says: ['did you mean "Tag"?'],
  },
  {
    name: 'a method in small letters',
    given: "${{ semverParse('1.2.3').major() }}",
    code: 'expr.unknown-name',
    column: 26,
    says: ['did you mean "Major"?'],
  },
  {
    name: 'a method that is not called',
    given: "${{ semverParse('1.2.3').Major }}",
    code: 'expr.unrenderable',
    column: 4,
    says: ['call it: Major()'],
  },
  {
    name: 'a misspelled function',
    given: "${{ imageForm('ghcr.io/x/app').Tag }}",
    code: 'expr.unknown-name',
    column: 5,
    says: ['did you mean "imageFrom"?'],
  },
  {
    name: 'a function as a method of a text',
    given: "${{ vars.image.split('/') }}",
    code: 'expr.unknown-name',
    column: 16,
    says: ['vars.image is a string', 'write split(vars.image)'],
  },
  {
    name: 'secrets as an object',
    given: '${{ secrets.chat.token }}',
    code: 'expr.nil-access',
    column: 13,
    says: ["write secret('…')"],
  },
  {
    name: 'freight as an object',
    given: '${{ freight.name }}',
    code: 'expr.nil-access',
    column: 13,
    says: ['the Freight is ctx.targetFreight'],
  },
  {
    name: 'Freight by its alias',
    given: "${{ freightMetadata('calm-cat').ticket }}",
    code: 'expr.nil-access',
    column: 33,
    says: ['named by its name, not by its alias'],
  },
  {
    name: 'a default by ||',
    given: "${{ vars.name || 'none' }}",
    code: 'expr.type',
    column: 15,
    says: ['for a default value write ??'],
  },
  {
    name: 'a number added to a text',
    given: "${{ 'replicas: ' + vars.count }}",
    code: 'expr.type',
    column: 18,
    says: ['convert with string()'],
  },
  {
    name: 'one equals sign',
    given: "${{ ctx.stage = 'prod' }}",
    code: 'expr.syntax',
    column: 15,
    says: ['comparing is written =='],
  },
  {
    name: 'contains as a function',
    given: "${{ contains(vars.image, 'x') }}",
    code: 'expr.syntax',
    column: 5,
    says: ['"contains" is an operator: write a contains b'],
  },
  {
    name: 'AND in capitals',
    given: '${{ true AND false }}',
    code: 'expr.syntax',
    column: 10,
    says: ['write "and" or &&'],
  },
  {
    name: 'a choice without its other half',
    given: "${{ ctx.stage == 'prod' ? 3 }}",
    code: 'expr.syntax',
    column: 29,
    says: ['expected ":"'],
  },
  {
    name: 'an expression within an expression',
    given: '${{ imageFrom(${{ vars.image }}).Tag }}',
    code: 'expr.syntax',
    column: 16,
    says: ['leave out ${{ and }}'],
  },
  {
    name: 'an expression that is not closed',
    given: 'tag: ${{ vars.image }',
    code: 'expr.template-unclosed',
    column: 6,
    says: ['not closed by "}}"'],
  },
];

describe('mistakes in a configuration are told with place and remedy', () => {
  test.each(mistakes)('$name', ({ given, step = outsideOfTasks, code, column, says }) => {
    const result = expressions.evaluateConfig(scope, step, { value: given }, vars);
    const [found] = result.kind === 'problems' ? result.problems : [];
    if (found === undefined) throw new Error(JSON.stringify(result));
    const text = formatProblem(found.template, found.problem);
    expect([found.problem.code, found.pointer]).toEqual([code, '/value']);
    for (const part of [`(line 1, column ${column})`, ...says]) expect(text).toContain(part);
  });
});

describe('mistakes in a condition are told with a remedy', () => {
  test.each([
    { given: 'true', says: 'an expression stands between ${{ and }}' },
    { given: 'success()', says: 'an expression stands between ${{ and }}' },
    { given: '${{ success }}', says: 'success is a function: write success()' },
    { given: '${{ !failure }}', says: 'failure is a function: write failure()' },
    { given: "${{ status('build') }}", says: 'compare with == or !=' },
  ])('if: $given', ({ given, says }) => {
    const result = expressions.evaluateIf(scope, outsideOfTasks, given, vars);
    const [found] = result.kind === 'problems' ? result.problems : [];
    if (found === undefined) throw new Error(JSON.stringify(result));
    expect(found.problem.code).toBe('expr.type');
    expect(formatProblem(found.template, found.problem)).toContain(says);
  });
});

test('outputs in a variable of a Promotion are told to come too early', () => {
  const result = expressions.evaluateVars(scope, [{ name: 'x', value: '${{ outputs.commit.branch }}' }]);
  const [found] = result.kind === 'problems' ? result.problems : [];
  expect(found?.problem.hint).toContain('variables of a Promotion are evaluated before them');
});

test('small letters of fields are no mistake', () => {
  const result = expressions.evaluateConfig(
    scope,
    outsideOfTasks,
    { value: "${{ imageFrom('ghcr.io/x/app').tag }}" },
    vars,
  );
  expect(result).toMatchObject({ kind: 'value', config: { value: '1.10' } });
});
