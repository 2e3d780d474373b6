import { expect, test } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { deepFreeze, type JsonObject, type JsonValue } from '../../base/index.ts';
import { exprErrors } from '../../expr/index.ts';
import {
  answerKey,
  createPromotionExpressions,
  type NeedKind,
  type PromotionScope,
  type StepFacts,
  stepFunctions,
} from './index.ts';

const codes = Object.keys(exprErrors.entries);
const limits = { numRuns: 400 };

/** Names that prototypes have, and names that lead elsewhere when they become part of an address. */
const oddNames = [
  ...[
    '',
    'main',
    '__proto__',
    'constructor',
    'toString',
    '../other/secret',
    '/',
    'a/b',
    '..',
    'ü',
    ' ',
    '\u0000',
  ],
  ...['x'.repeat(300), 'ghcr.io/x/app', 'https://github.com/x/y.git', 'task::a', '::', '\ud800'],
];
const oddName = fc.constantFrom(...oddNames);

const oddValue: fc.Arbitrary<JsonValue> = fc.oneof(
  oddName,
  fc.constantFrom<JsonValue>(null, true, -1, 1e308, [], {}, [[]], { name: {} }, 'MTIz'),
);
const oddObject = fc.dictionary(
  fc.constantFrom(
    'repoURL',
    'tag',
    'id',
    'name',
    'data',
    'metadata',
    'labels',
    'status',
    'spec',
    '__proto__',
  ),
  oddValue,
) as fc.Arbitrary<JsonObject>;
const oddSubscription = fc.dictionary(
  fc.constantFrom('image', 'git', 'chart', 'name'),
  fc.oneof(oddObject, oddValue),
);

const argument = fc.oneof(
  oddName.map((name) => JSON.stringify(name)),
  fc.constantFrom(
    'nil',
    '1',
    '1e308',
    '[]',
    '{}',
    'vars',
    'ctx',
    'outputs',
    "warehouse('main')",
    'now()',
    'len',
  ),
);
const call = fc
  .tuple(fc.constantFrom(...stepFunctions.map(({ name }) => name)), fc.array(argument, { maxLength: 3 }))
  .map(([name, args]) => `${name}(${args.join(', ')})`);
const tail = fc.constantFrom(
  '',
  '.Tag',
  '.name',
  '?.x',
  '[0]',
  '.Major()',
  '.constructor',
  "['__proto__']",
  ' ?? 1',
  ' == nil',
);
const expression = fc.tuple(call, tail, fc.option(call)).map(([first, end, second]) => {
  const source = `${first}${end}`;
  return second === null ? source : `${source} == ${second}`;
});

const origin = { kind: 'Warehouse', name: 'main' };

/** Data that nobody would send, every object of it under its own key. */
const scope: fc.Arbitrary<PromotionScope> = fc
  .record({
    freight: fc.array(
      fc.record({ images: fc.array(oddObject), commits: fc.array(oddObject), charts: fc.array(oddObject) }),
      {
        maxLength: 2,
      },
    ),
    subscriptions: fc.oneof(fc.array(oddSubscription, { maxLength: 3 }), oddValue) as fc.Arbitrary<JsonValue>,
    objects: fc.array(fc.option(oddObject), { minLength: 4, maxLength: 4 }),
    answered: fc.boolean(),
  })
  .map(({ freight, subscriptions, objects, answered }) => {
    const kinds: readonly NeedKind[] = ['configMap', 'secret', 'freight', 'stage'];
    const answers = new Map<string, JsonObject | null>([
      [answerKey({ kind: 'warehouse', key: 'demo/main' }), { spec: { subscriptions } }],
      ...kinds.map((kind, index) => [answerKey({ kind, key: 'demo/main' }), objects[index] ?? null] as const),
    ]);
    return deepFreeze({
      facts: {
        uiBaseUrl: '',
        stage: '__proto__',
        promotion: 'constructor',
        targetFreight: { name: 'f1', alias: '', origin },
        actor: '\ud800',
        isRollback: false,
      },
      snapshot: {
        project: 'demo',
        sharedNamespace: 'shared',
        requestedOrigins: [origin],
        freight: freight.map((item) => ({ name: 'f1', origin, ...item })),
        answers: answered ? answers : new Map(),
      },
      nowMs: 8.64e15,
    });
  });

const step: StepFacts = deepFreeze({
  alias: '__proto__::constructor',
  outputs: JSON.parse('{"__proto__": {"a": 1}, "__proto__::x": {"y": "z"}, "main": null}') as JsonObject,
  verbatimOutputs: ['/__proto__/a', '/no/such/place', 'x', ''],
  steps: [{ alias: '__proto__', status: 'Failed' }],
});

const expressions = createPromotionExpressions();

test('functions answer hostile arguments over hostile data with a value, a need of this project or a coded problem', () => {
  fc.assert(
    fc.property(scope, expression, (place, source) => {
      const result = expressions.evaluateConfig(place, step, { value: `\${{ ${source} }}` }, {});
      if (result.kind === 'needs') {
        // A name never leads out of the namespaces that the functions are for.
        for (const { key } of result.needs) expect(key).toMatch(/^(?:demo|shared)\/[a-z0-9][-a-z0-9.]*$/);
      } else if (result.kind === 'problems') {
        for (const { problem } of result.problems) expect(codes).toContain(problem.code);
      } else expect(result.kind).toBe('value');
    }),
    limits,
  );
});

test('variables and conditions survive the same', () => {
  fc.assert(
    fc.property(scope, oddName, expression, (place, name, source) => {
      const declared = [
        { name, value: `\${{ ${source} }}` },
        { name: 'again', value: '${{ vars }}' },
      ];
      const vars = expressions.evaluateVars(place, declared, { facts: step, vars: declared });
      expect(['value', 'needs', 'problems']).toContain(vars.kind);
      const given = vars.kind === 'value' ? vars.vars : {};
      const result = expressions.evaluateIf(place, step, `\${{ ${source} }}`, given);
      expect(['value', 'needs', 'problems']).toContain(result.kind);
    }),
    limits,
  );
});

test('no name of a prototype reaches anything', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const result = expressions.evaluateConfig(
      {
        facts: {
          uiBaseUrl: '',
          stage: '',
          promotion: '',
          targetFreight: { name: '', alias: '', origin },
          actor: '',
          isRollback: false,
        },
        snapshot: {
          project: 'demo',
          sharedNamespace: '',
          requestedOrigins: [],
          freight: [],
          answers: new Map(),
        },
        nowMs: 0,
      },
      { alias: 'a', outputs: {}, verbatimOutputs: [], steps: [] },
      {
        a: `\${{ outputs.${name} }}`,
        b: `\${{ vars['${name}'] }}`,
        c: `\${{ ctx.meta.${name} }}`,
        d: `\${{ status('${name}') }}`,
      },
      {},
    );
    expect(result).toMatchObject({ kind: 'value', config: { a: null, b: null, c: null, d: '' } });
  }
});
