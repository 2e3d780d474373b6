import fc from 'fast-check';
import { expect, test } from 'vitest';
import { builtins } from './builtins/registry.ts';
import { exprErrors } from './errors.ts';
import { createLanguage } from './language.ts';
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
