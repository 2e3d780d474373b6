import { expect, test } from 'vitest';
import { need } from '../problem.ts';
import { markVerbatim } from '../value/json.ts';
import { type ValueMap, Verbatim } from '../value/types.ts';
import { createTemplates } from './template.ts';

const tag = new Verbatim('49040600');
const variables: ValueMap = {
  image: { Tag: tag },
  vars: { tag, plain: '49040600' },
  outputs: markVerbatim({ 'step-1': { tag: '1.10', other: '1.10' } }, ['/step-1/tag']),
  ok: true,
  none: null,
};
const environment = { variables, nowMs: 0 };
const templates = createTemplates();

const ways = [
  { name: 'member access', given: '${{ image.Tag }}', want: '49040600', verbatim: true },
  { name: 'a variable', given: '${{ vars.tag }}', want: '49040600', verbatim: true },
  { name: 'an output', given: "${{ outputs['step-1'].tag }}", want: '1.10', verbatim: true },
  { name: 'the ternary', given: "${{ ok ? image.Tag : 'x' }}", want: '49040600', verbatim: true },
  { name: 'if and else', given: "${{ if ok { image.Tag } else { 'x' } }}", want: '49040600', verbatim: true },
  { name: 'the nil operator', given: '${{ none ?? image.Tag }}', want: '49040600', verbatim: true },
  { name: 'parentheses and percent signs', given: '${% (image.Tag) %}', want: '49040600', verbatim: true },
  { name: 'quote', given: '${{ quote(image.Tag) }}', want: '49040600', verbatim: false },
  { name: 'an output without the flag', given: "${{ outputs['step-1'].other }}", want: 1.1, verbatim: false },
  { name: 'a plain variable', given: '${{ vars.plain }}', want: 49040600, verbatim: false },
  { name: 'concatenation', given: "${{ image.Tag + '' }}", want: 49040600, verbatim: false },
  { name: 'a slice', given: '${{ image.Tag[:3] }}', want: 490, verbatim: false },
  { name: 'a function', given: '${{ trim(image.Tag) }}', want: 49040600, verbatim: false },
  { name: 'text around it', given: '${{ image.Tag }}0', want: 490406000, verbatim: false },
  {
    name: 'two expressions',
    given: '${{ image.Tag }}${{ vars.tag }}',
    want: 4904060049040600,
    verbatim: false,
  },
];
test.each(ways)('a number-like tag by $name', ({ given, want, verbatim }) => {
  expect(templates.evaluateTemplate(given, environment)).toMatchObject({
    kind: 'value',
    value: want,
    verbatim,
  });
});

test('a config reports where its verbatim strings are, also within composites', () => {
  const config = { a: ['${{ image.Tag }}'], 'b/c': '${{ vars }}', d: 'text', e: 1 };
  expect(templates.evaluateConfig(config, environment)).toEqual({
    kind: 'value',
    value: { a: ['49040600'], 'b/c': { plain: '49040600', tag: '49040600' }, d: 'text', e: 1 },
    pointers: ['/a/0', '/b~1c/tag'],
  });
});

test('a config collects all needs before it reports problems', () => {
  const any = { kind: 'any' } as const;
  const read = { name: 'read', signature: '', summary: '', overloads: [{ params: [any], result: any }] };
  const withRead = createTemplates({ functions: [read] });
  const functions = {
    read: ([key]: readonly unknown[]) => {
      throw need('thing', String(key));
    },
  };
  const config = { a: "${{ read('1') }} ${{ read('2') }}", b: "${{ read('1') }}", c: '${{ none.x }}' };
  expect(withRead.evaluateConfig(config, { ...environment, functions })).toEqual({
    kind: 'needs',
    needs: [
      { kind: 'thing', key: '1' },
      { kind: 'thing', key: '2' },
    ],
  });
});

test('problems name the string and the place in it', () => {
  expect(templates.evaluateConfig({ a: ['x ${{ none.x }}'] }, environment)).toMatchObject({
    kind: 'problems',
    problems: [
      { pointer: '/a/0', template: 'x ${{ none.x }}', problem: { code: 'expr.nil-access', start: 11 } },
    ],
  });
});
