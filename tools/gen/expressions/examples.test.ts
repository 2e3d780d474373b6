import { expect, test } from 'vitest';
import { stepFunctions } from '../../../src/domain/expressions/index.ts';
import { templateFunctions } from '../../../src/expr/index.ts';
import { showExpression, showTemplate } from './example.ts';
import { languageSections, templateExamples } from './language.ts';
import { promotionNames, renderExpressionPages } from './pages.ts';

const functions = [...stepFunctions, ...templateFunctions];

test.each(functions)('the example of $name gives what it says', ({ example }) => {
  expect(example).toBeDefined();
  expect(showTemplate(`\${{ ${example?.source} }}`)).toBe(example?.result);
});

const examples = languageSections.flatMap((section) => section.examples);
test.each(examples)('the expression $source gives what the page says', ({ source, result }) => {
  expect(showExpression(source)).toBe(result);
});

test.each(templateExamples)('the template $source gives what the page says', ({ source, result }) => {
  expect(showTemplate(source)).toBe(result);
});

test('variables of a Promotion see no outputs, as the page says', () => {
  expect(promotionNames()).toEqual(['ctx', 'vars']);
});

test('every page that another one names exists', () => {
  const pages = renderExpressionPages();
  const links = [...pages.values()].flatMap((text) =>
    [...text.matchAll(/\]\((?<page>[a-z]+\.md)/g)].map((match) => match.groups?.['page'] ?? ''),
  );
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((page) => !pages.has(page))).toEqual([]);
});
