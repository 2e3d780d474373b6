import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { compileStructural, structuralSchemaOf } from '../structural/index.ts';
import { kargoKinds } from './index.ts';

const schemas = new Map(kargoKinds.map((kind) => [kind.kind, compileStructural(structuralSchemaOf(kind))]));

/** What a server would say of this object: defaults, unknown fields, shape, rules. */
function admit(kind: string, object: JsonObject, old?: JsonObject): readonly string[] {
  const schema = schemas.get(kind);
  if (schema === undefined) return ['no such kind'];
  const value = schema.applyDefaults(schema.prune(object).value);
  const problems = schema.validate(value);
  const all = problems.length > 0 ? problems : schema.evaluateRules(value, old);
  return all.map((item) => `${item.field}: ${item.message}`);
}

const origin = { kind: 'Warehouse', name: 'main' };
const requestedFreight = [{ origin, sources: { direct: true } }];
const stage = (steps: JsonValue): JsonObject => ({
  spec: { requestedFreight, promotionTemplate: { spec: { steps } } },
});

const cases: readonly {
  readonly name: string;
  readonly kind: string;
  readonly given: JsonObject;
  readonly old?: JsonObject;
  readonly want: readonly string[];
  readonly because: string;
}[] = [
  {
    name: 'a Stage with steps and a task',
    kind: 'Stage',
    given: stage([{ uses: 'copy', config: { inPath: 'a', list: [1, null] } }, { task: { name: 'build' } }]),
    want: [],
    because: 'both forms of a step are allowed, and config is free',
  },
  {
    name: 'a Stage without spec',
    kind: 'Stage',
    given: {},
    want: ['spec: Required value'],
    because: 'a Stage without Freight means nothing',
  },
  {
    name: 'a Stage that asks for nothing',
    kind: 'Stage',
    given: { spec: { requestedFreight: [] } },
    want: [
      'spec.requestedFreight: Invalid value: 0: spec.requestedFreight in body should have at least 1 items',
    ],
    because: 'it could never run anything',
  },
  {
    name: 'a step that is both',
    kind: 'Stage',
    given: stage([{ uses: 'copy', task: { name: 'build' } }]),
    want: [
      'spec.promotionTemplate.spec.steps[0]: Invalid value: "object": exactly one of uses and task must be set',
    ],
    because: 'either a kind of step or a task',
  },
  {
    name: 'a task step with retry and continueOnError',
    kind: 'Stage',
    given: stage([{ task: { name: 'build' }, retry: { errorThreshold: 2 }, continueOnError: true }]),
    want: [
      'spec.promotionTemplate.spec.steps[0]: Invalid value: "object": continueOnError cannot be set together with task',
      'spec.promotionTemplate.spec.steps[0]: Invalid value: "object": retry cannot be set together with task',
    ],
    because: 'the steps of the task have their own',
  },
  {
    name: 'a wrong origin and soak time',
    kind: 'Stage',
    given: {
      spec: {
        requestedFreight: [
          { origin: { kind: 'Depot', name: 'x' }, sources: { stages: ['dev'], requiredSoakTime: '1d' } },
        ],
      },
    },
    want: [
      'spec.requestedFreight[0].origin.kind: Unsupported value: "Depot": supported values: "Warehouse"',
      `spec.requestedFreight[0].sources.requiredSoakTime: Invalid value: "1d": spec.requestedFreight[0].sources.requiredSoakTime in body should match '^([0-9]+(\\.[0-9]+)?(s|m|h))+$'`,
    ],
    because: 'both are named',
  },
  {
    name: 'a Promotion with freight and origin',
    kind: 'Promotion',
    given: { spec: { stage: 'dev', freight: 'a', origin, steps: [{ uses: 'copy' }] } },
    want: ['spec: Invalid value: "object": exactly one of freight and origin must be set'],
    because: 'one of them decides',
  },
  {
    name: 'a Promotion with a task step',
    kind: 'Promotion',
    given: { spec: { stage: 'dev', freight: 'a', steps: [{ task: { name: 'build' } }] } },
    want: ['spec.steps[0]: Invalid value: "object": uses must be set and task must not be set'],
    because: 'admission has put the steps of the task in its place',
  },
  {
    name: 'a Promotion to a name that is none',
    kind: 'Promotion',
    given: { spec: { stage: 'Dev', freight: 'a', steps: [{ uses: 'copy' }] } },
    want: [
      `spec.stage: Invalid value: "Dev": spec.stage in body should match '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'`,
    ],
    because: 'names are lower case',
  },
  {
    name: 'a PromotionRequest that changes its Freight',
    kind: 'PromotionRequest',
    given: { spec: { stage: 'dev', freight: 'b', targets: [] } },
    old: { spec: { stage: 'dev', freight: 'a', targets: [] } },
    want: ['spec.freight: Invalid value: "string": the value cannot be changed'],
    because: 'it compares with the stored object',
  },
  {
    name: 'a new PromotionRequest',
    kind: 'PromotionRequest',
    given: { spec: { stage: 'dev', freight: 'b', targets: [] } },
    want: [],
    because: 'there is nothing to compare with',
  },
  {
    name: 'a policy without a Stage',
    kind: 'ProjectConfig',
    given: { spec: { promotionPolicies: [{ autoPromotionEnabled: true }] } },
    want: [
      'spec.promotionPolicies[0]: Invalid value: "object": exactly one of stage and stageSelector must be set',
    ],
    because: 'it would be about nothing',
  },
  {
    name: 'a rollback on an unknown outcome',
    kind: 'ProjectConfig',
    given: {
      spec: { promotionPolicies: [{ stage: 'dev', autoRollback: { onPromotion: ['Failed', 'Late'] } }] },
    },
    want: [
      'spec.promotionPolicies[0].autoRollback.onPromotion: Invalid value: "array": each value must be Failed or Errored',
    ],
    because: 'the rule looks at each place of the list',
  },
  {
    name: 'a Warehouse with defaults',
    kind: 'Warehouse',
    given: { spec: { subscriptions: [{ image: { repoURL: 'ghcr.io/a/b' } }] } },
    want: [],
    because: 'the required interval has a default',
  },
  {
    name: 'a Freight',
    kind: 'Freight',
    given: { alias: 'a', origin, images: [{ repoURL: 'ghcr.io/a/b', digest: 'sha256:0' }] },
    want: [],
    because: 'its content stands at the top',
  },
  {
    name: 'a wrong mail address',
    kind: 'ClusterConfig',
    given: { spec: { gitClient: { name: 'Bot', email: 'bot' } } },
    want: [
      'spec.gitClient.email: Invalid value: "bot": spec.gitClient.email in body must be of type email: "bot"',
    ],
    because: 'the format is checked',
  },
];
test.each(cases)('judges $name', ({ kind, given, old, want, because }) => {
  expect(admit(kind, given, old), because).toEqual(want);
});

test('drops unknown fields and fills in defaults', () => {
  const schema = schemas.get('Warehouse');
  const given = { spec: { subscriptions: [{ git: { repoURL: 'x', extra: 1 } }], extra: 1 } };
  const pruned = schema?.prune(given);
  expect(pruned?.prunedPaths).toEqual(['spec.extra']);
  expect(schema?.applyDefaults(pruned?.value ?? null)).toEqual({
    spec: {
      interval: '5m0s',
      freightCreationPolicy: 'Automatic',
      subscriptions: [{ git: { repoURL: 'x', extra: 1 } }],
    },
  });
});

test('describes every field', () => {
  const undescribed = kargoKinds.flatMap((kind) => findUndescribed(structuralSchemaOf(kind), kind.kind));
  // Only an API server describes metadata.
  expect(undescribed).toEqual(kargoKinds.map(({ kind }) => `${kind}.metadata`));
});

type Schema = ReturnType<typeof structuralSchemaOf>;

function findUndescribed(schema: Schema, at: string): readonly string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    ...(property.description === undefined ? [`${at}.${name}`] : []),
    ...findUndescribed(property, `${at}.${name}`),
  ]);
  const { items, additionalProperties: rest } = schema;
  return [
    ...own,
    ...(items === undefined ? [] : findUndescribed(items, `${at}[]`)),
    ...(typeof rest === 'object' ? findUndescribed(rest, `${at}{}`) : []),
  ];
}
