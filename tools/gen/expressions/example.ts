import type { JsonObject } from '../../../src/base/index.ts';
import {
  answerKey,
  createPromotionExpressions,
  type DeclaredVar,
  type PromotionScope,
  promotionEnvironment,
  type StepFacts,
  stepFunctions,
} from '../../../src/domain/expressions/index.ts';
import {
  createLanguage,
  createTemplates,
  type Environment,
  formatJson,
  type Problem,
} from '../../../src/expr/index.ts';

const nowMs = Date.UTC(2026, 0, 2, 15, 4, 5);

const origin = { kind: 'Warehouse', name: 'main' };

/** The Freight of the examples of the reference. */
const freight = {
  name: 'f1',
  origin,
  commits: [{ repoURL: 'https://github.com/example/repo', id: '8a1b2c3d4e5f60718293a4b5c6d7e8f901234567' }],
  images: [{ repoURL: 'ghcr.io/example/app', tag: '49040600', digest: 'sha256:ab12' }],
  charts: [{ repoURL: 'oci://ghcr.io/example/charts/app', version: '1.10.0' }],
  artifacts: [{ subscriptionName: 'models', artifactType: 'model', version: '2024-01-01' }],
};

const subscriptions = [
  { git: { repoURL: 'https://github.com/example/repo' } },
  { image: { repoURL: 'ghcr.io/example/app' } },
  { chart: { repoURL: 'oci://ghcr.io/example/charts/app' } },
  { name: 'models' },
];

const objects: readonly (readonly [kind: string, key: string, object: JsonObject | null])[] = [
  ['warehouse', 'demo/main', { spec: { subscriptions } }],
  ['configMap', 'demo/settings', { data: { region: 'eu-west-1' } }],
  ['configMap', 'shared/defaults', { data: { 'log-level': 'info' } }],
  ['secret', 'demo/chat', { data: { channel: '#releases' } }],
  ['secret', 'shared/none', null],
  ['freight', 'demo/f1', { status: { verifiedIn: { test: {} }, metadata: { ticket: 'OPS-7' } } }],
  ['stage', 'demo/test', { status: { metadata: { url: 'https://test.example' } } }],
];

/** The Promotion of the examples. */
export const exampleScope: PromotionScope = {
  facts: {
    uiBaseUrl: 'https://gantry.example',
    stage: 'prod',
    promotion: 'prod.01jv.8a1b2c3',
    targetFreight: { name: 'f1', alias: 'calm-otter', origin },
    actor: 'ann@example.com',
    isRollback: false,
  },
  snapshot: {
    project: 'demo',
    sharedNamespace: 'shared',
    requestedOrigins: [origin],
    freight: [freight],
    answers: new Map(objects.map(([kind, key, object]) => [answerKey({ kind, key }), object])),
  },
  nowMs,
};

/** Variables of the examples, as a manifest declares them. */
export const exampleVars: readonly DeclaredVar[] = [
  { name: 'image', value: 'ghcr.io/example/app' },
  { name: 'tag', value: '${{ imageFrom(vars.image).Tag }}' },
  { name: 'replicas', value: '3' },
  { name: 'regions', value: "${{ ['eu', 'us'] }}" },
];

/** What has happened before the step of the examples. */
export const exampleStep: StepFacts = {
  alias: 'notify',
  outputs: { commit: { branch: 'env/prod', files: 2 }, 'open-pr': { pr: { id: 42 } } },
  verbatimOutputs: [],
  steps: [
    { alias: 'commit', status: 'Succeeded' },
    { alias: 'build', status: 'Failed' },
  ],
};

const templates = createTemplates({ functions: stepFunctions });
const language = createLanguage({ functions: stepFunctions });

/** What the examples are evaluated over. */
export function exampleEnvironment(): Environment {
  const vars = createPromotionExpressions().evaluateVars(exampleScope, exampleVars);
  if (vars.kind !== 'value') throw new Error(JSON.stringify(vars));
  return promotionEnvironment(exampleScope, vars.vars, exampleStep);
}

/** The value of a template over the examples' environment as JSON, or its problem in one line. */
export function showTemplate(template: string): string {
  const result = templates.evaluateTemplate(template, exampleEnvironment());
  if (result.kind === 'value') return formatJson(result.value);
  return result.kind === 'problem' ? showProblem(result.problem) : `needs ${result.needs.length}`;
}

/** The value of an expression over the examples' environment as JSON, or its problem in one line. */
export function showExpression(source: string): string {
  const result = language.run(source, exampleEnvironment());
  if (result.kind === 'value') return formatJson(result.value);
  return result.kind === 'problem' ? showProblem(result.problem) : `needs ${result.needs.length}`;
}

function showProblem({ message, hint }: Problem): string {
  return `error: ${message}${hint === undefined ? '' : `; ${hint}`}`;
}
