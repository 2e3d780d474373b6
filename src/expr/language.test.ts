import { expect, test } from 'vitest';
import { builtins } from './builtins/registry.ts';
import type { Environment } from './eval/environment.ts';
import { createLanguage, type Evaluated } from './language.ts';
import { formatDiagnostic } from './print/diagnostic.ts';
import { printNode } from './print/source.ts';
import { need } from './problem.ts';
import { formatJson } from './value/json.ts';
import type { ValueMap } from './value/types.ts';

const nowMs = Date.UTC(2026, 0, 2);
const language = createLanguage();

function run(source: string, variables: ValueMap = {}): Evaluated {
  return language.run(source, { variables, nowMs });
}

function shown(result: Evaluated): string {
  return result.kind === 'value' ? formatJson(result.value) : JSON.stringify(result);
}

test.each([...builtins.values()])('the example of $name gives what it says', ({ example }) => {
  expect(shown(run(example.source))).toBe(example.result);
});

const positions = [
  {
    name: 'an unknown function',
    source: 'uper("a")',
    want: 'the function "uper" does not exist, did you mean "upper"? (line 1, column 1)\n  uper("a")\n  ^^^^^^^^^',
  },
  {
    name: 'a nil in the middle of a path',
    source: 'vars.app.tag',
    want: 'cannot read "tag": vars.app is nil; vars is empty (line 1, column 10)\n  vars.app.tag\n           ^^^',
  },
  {
    name: 'a syntax error in a second line',
    source: '1 +\n  * 2',
    want: '"*" is not expected here (line 2, column 3)\n    * 2\n    ^',
  },
  {
    name: 'a literal of the wrong kind',
    source: "1 + 'a'",
    want: "int + string has no meaning (line 1, column 3); convert with string() first\n  1 + 'a'\n    ^",
  },
];
test.each(positions)('points at $name', ({ source, want }) => {
  const result = run(source, { vars: {} });
  expect(result.kind === 'problem' ? formatDiagnostic(source, result.problem) : result).toBe(want);
});

test('checking collects all problems in source order', () => {
  const compiled = language.compile("[1 + 'a', !1, upper(2)]");
  expect(compiled.kind === 'problems' ? compiled.problems.map((problem) => problem.start) : []).toEqual([
    3, 10, 20,
  ]);
});

const limits = [
  { name: 'source length', source: `'${'a'.repeat(200)}'`, options: { maxSourceLength: 100 } },
  { name: 'nesting', source: `${'('.repeat(60)}1${')'.repeat(60)}`, options: { maxNesting: 50 } },
  { name: 'nodes', source: `[${'1,'.repeat(60)}]`, options: { maxNodes: 50 } },
  { name: 'steps', source: 'all(1..100, all(1..100, true))', options: { maxSteps: 5000 } },
  { name: 'output of functions', source: "repeat('ab', 1000)", options: { maxOutput: 1000 } },
  {
    name: 'output of operators',
    source: "let a = 'aaaaaaaaaa'; let b = a + a; b + b",
    options: { maxOutput: 50 },
  },
  {
    name: 'a value that is small in memory and endless when written',
    source: `let a0 = [1,1,1,1,1,1,1,1]; ${Array.from({ length: 12 }, (_, i) => `let a${i + 1} = [a${i},a${i},a${i},a${i},a${i},a${i},a${i},a${i}]; `).join('')} toJSON(a12)`,
    options: {},
  },
  {
    name: 'work on long texts',
    source: "let s = repeat('a', 1000000); map(1..999, upper(s))",
    options: {},
  },
  { name: 'a range', source: '1..100000000', options: {} },
];
test.each(limits)('limits $name', ({ source, options }) => {
  const result = createLanguage({ limits: options }).run(source, { variables: {}, nowMs });
  expect(result).toMatchObject({ kind: 'problem', problem: { code: 'expr.limit' } });
});

test('a long chain of calls is checked in one pass', () => {
  const chain = `date('2024-01-01')${'.UTC()'.repeat(150)}.Year()`;
  expect(shown(run(chain))).toBe('2024');
});

const hostile = [
  'constructor',
  'toString',
  '__proto__',
  'hasOwnProperty',
  'vars.constructor',
  "vars['__proto__']",
];
test.each(hostile)('%s reaches nothing but own members', (source) => {
  expect(shown(run(source, { vars: {} }))).toBe('null');
});

test('a member named __proto__ is data', () => {
  expect(shown(run('{"__proto__": 1}.__proto__'))).toBe('1');
  expect(shown(run('v.__proto__', { v: JSON.parse('{"__proto__": 2}') as ValueMap }))).toBe('2');
});

test('the time is what the environment says, however often it is asked for', () => {
  expect(shown(run('now()'))).toBe('"2026-01-02T00:00:00Z"');
});

test('a host function that misses data makes the evaluation report the need', () => {
  const configMap = {
    name: 'configMap',
    signature: '',
    summary: '',
    overloads: [{ params: [], result: { kind: 'any' } as const }],
  };
  const withData = createLanguage({ functions: [configMap] });
  const environment: Environment = {
    variables: {},
    nowMs,
    functions: {
      configMap: () => {
        throw need('configMap', 'demo/cm');
      },
    },
  };
  const result = withData.run('1 + configMap()', environment);
  expect(result).toEqual({ kind: 'needs', needs: [{ kind: 'configMap', key: 'demo/cm' }] });
});

const corpus = [
  "a.b?.c[0][1:2] ?? 'd'",
  'not (x in [1, 2.5, -3]) and y contains "q"',
  'let x = 1; let y = {a: x, "b c": [nil, true]}; y.a + x',
  'filter(list, .a > 1 and # != nil) | map(# * 2) | reduce(#acc + #, 0)',
  'if a { 1 } else if b { 2 } else { 3; 4 }',
  'date("2024-01-01").Add(duration("1h")).Format("2006") matches "^20"',
  '1..3 | sum(# % 2)',
  'a ?: b ? c : d',
  'b"\\x00a" == b"" ; -(-1)',
];
test.each(corpus)('printing %s and parsing it again gives the same tree', (source) => {
  const first = language.compile(source);
  expect(first.kind).toBe('program');
  const printed = first.kind === 'program' ? printNode(first.program.root) : '';
  const second = language.compile(printed);
  expect(second.kind === 'program' ? printNode(second.program.root) : second).toBe(printed);
});
