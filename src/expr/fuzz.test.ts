import { expect, test } from 'vitest';
import { fc } from '../../test/support/properties.ts';
import { deepFreeze, type JsonValue } from '../base/index.ts';
import { builtins } from './builtins/registry.ts';
import { exprErrors } from './errors.ts';
import { createLanguage } from './language.ts';
import { printNode } from './print/source.ts';
import { createTemplates } from './template/template.ts';
import type { ValueMap } from './value/types.ts';

const limits = { maxSteps: 20_000, maxOutput: 100_000 };
const language = createLanguage({ limits, cacheSize: 8 });
const templates = createTemplates({ limits, cacheSize: 8 });
const variables: ValueMap = {
  a: { b: [1, 2, 'x', null] },
  s: 'text-ü',
  n: 1.5,
  t: true,
  l: [3, 1, 2],
  z: null,
};
const environment = { variables, nowMs: 0 };

/** Data with names that prototypes have, numbers at the edges, odd texts and depth; nothing of it may be written to. */
function hostileVariables(): ValueMap {
  let deep: JsonValue = 'bottom';
  for (let level = 0; level < 3000; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
  return deepFreeze({
    a: JSON.parse('{"__proto__": {"b": 1}, "constructor": {"prototype": 2}, "b": null}') as JsonValue,
    b: deep,
    s: '\ud800\u0000\u2028${{ n }}%}',
    n: 1.7976931348623157e308,
    t: -0,
    l: [Number.NaN, Number.POSITIVE_INFINITY, 9_007_199_254_740_992, 5e-324, '', null, { length: 3 }],
    z: null,
    toString: 'text',
    hasOwnProperty: ['x'],
  });
}

/** Names that every object has in JavaScript, and one whose getter tells that it was read. */
const inherited = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', 'then', 'gantryTrap'];

/** Runs `work` while reading an inherited member of any object is noticed; gives how often it was. */
function countInheritedReads(work: () => void): number {
  let reads = 0;
  Object.defineProperty(Object.prototype, 'gantryTrap', {
    configurable: true,
    get() {
      reads++;
      return 'from the prototype';
    },
  });
  try {
    work();
  } finally {
    Reflect.deleteProperty(Object.prototype, 'gantryTrap');
  }
  return reads;
}

const pieces = fc.constantFrom(
  ...[
    'a',
    'b',
    's',
    'n',
    't',
    'l',
    'z',
    '$env',
    '#',
    '#acc',
    '.b',
    '?.',
    '.',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    ',',
    ':',
    ';',
  ],
  ...[
    '+',
    '-',
    '*',
    '/',
    '%',
    '**',
    '..',
    '==',
    '!=',
    '<',
    '>=',
    '&&',
    '||',
    '??',
    '?',
    '|',
    '!',
    'not',
    'in',
    'let',
    '=',
  ],
  ...[
    'if',
    'else',
    'matches',
    'contains',
    '1',
    '2.5',
    '9223372036854775807',
    "'x'",
    '"y\\n"',
    'nil',
    'true',
    '0',
    '-1',
  ],
  ...builtins.keys(),
  ...inherited.flatMap((name) => [name, `.${name}`, `['${name}']`]),
);
const expression = fc.oneof(
  fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .tuple(fc.constantFrom(...builtins.keys()), fc.array(pieces, { maxLength: 5 }))
    .map(([name, args]) => `${name}(${args.join(', ')})`),
);

test('any text gives a value or a coded problem', () => {
  fc.assert(
    fc.property(expression, (source) => {
      const result = language.run(source, environment);
      if (result.kind === 'problem') {
        expect(Object.keys(exprErrors.entries)).toContain(result.problem.code);
        expect(result.problem.start).toBeGreaterThanOrEqual(0);
        expect(result.problem.end).toBeLessThanOrEqual(source.length + 1);
      } else {
        expect(result.kind).toBe('value');
      }
    }),
    { numRuns: 3000 },
  );
});

test('any template gives a value or a coded problem', () => {
  const text = fc
    .array(
      fc.oneof(
        fc.string({ maxLength: 6 }),
        expression.map((source) => `\${{ ${source} }}`),
        fc.constantFrom('${{', '}}', '${%', '%}'),
      ),
      {
        maxLength: 4,
      },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (template) => {
      expect(['value', 'problem']).toContain(templates.evaluateTemplate(template, environment).kind);
    }),
    { numRuns: 1000 },
  );
});

const hostile = { variables: hostileVariables(), nowMs: 8.64e15 };
const codes = Object.keys(exprErrors.entries);

test('hostile data gives a value or a coded problem, and nothing outside of it is read', () => {
  const reads = countInheritedReads(() => {
    fc.assert(
      fc.property(expression, (source) => {
        const result = language.run(source, hostile);
        if (result.kind === 'problem') expect(codes).toContain(result.problem.code);
        else expect(result.kind).toBe('value');
        const rendered = templates.evaluateTemplate(`\${{ ${source} }}`, hostile);
        if (rendered.kind === 'problem') expect(codes).toContain(rendered.problem.code);
        else expect(JSON.stringify(rendered)).not.toContain('from the prototype');
      }),
      { numRuns: 1000 },
    );
  });
  expect(reads).toBe(0);
});

const config = fc.letrec<{ node: JsonValue }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.string({ maxLength: 8 }),
    expression.map((source) => `\${{ ${source} }}`),
    expression.map((source) => `x \${% ${source} %}\n`),
    fc.constantFrom<JsonValue>(null, true, -0, 1e308, '', '${{', '${{}}'),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom(...inherited.slice(0, -1))),
      tie('node'),
      {
        maxKeys: 3,
      },
    ),
  ),
})).node;

test('any configuration gives a value of its own shape or coded problems with their places', () => {
  const reads = countInheritedReads(() => {
    fc.assert(
      fc.property(config, fc.constantFrom(environment, hostile), (given, place) => {
        const before = JSON.stringify(given);
        const result = templates.evaluateConfig(given, place);
        expect(JSON.stringify(given)).toBe(before);
        if (result.kind === 'value') {
          if (shapeOf(given) !== 'leaf') expect(shapeOf(result.value)).toBe(shapeOf(given));
        } else if (result.kind === 'needs') expect.unreachable('nothing here needs data');
        else {
          for (const { pointer, template, problem } of result.problems) {
            expect(codes).toContain(problem.code);
            expect(problem.end).toBeLessThanOrEqual(template.length + 1);
            expect(textAt(given, pointer)).toBe(template);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
  expect(reads).toBe(0);
});

/** Names of the members at the top: what an expression gives is its own matter. */
function shapeOf(value: JsonValue): string {
  if (Array.isArray(value)) return `list of ${value.length}`;
  return typeof value === 'object' && value !== null ? Object.keys(value).sort().join() : 'leaf';
}

function textAt(root: JsonValue, pointer: string): unknown {
  let node: unknown = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    node = Object.getOwnPropertyDescriptor(node, key)?.value;
  }
  return node;
}

test('what can be compiled is printed, and compiles to the same again', () => {
  fc.assert(
    fc.property(expression, (source) => {
      const first = language.compile(source);
      if (first.kind !== 'program') return;
      const printed = printNode(first.program.root);
      const second = language.compile(printed);
      expect(second.kind === 'program' ? printNode(second.program.root) : [printed, second]).toBe(printed);
    }),
    { numRuns: 700 },
  );
});

test('checking a template never throws', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      for (const problem of templates.checkTemplate(`\${{ ${parts.join('')} }}`))
        expect(codes).toContain(problem.code);
    }),
    { numRuns: 1000 },
  );
});
