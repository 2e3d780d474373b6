import { defineErrors } from '../base/index.ts';

/** Error codes of the expression language. */
export const exprErrors = defineErrors({
  'expr.syntax': {
    disposition: 'stop',
    summary: 'The text is not an expression.',
    help: 'Correct the expression at the marked place',
  },
  'expr.type': {
    disposition: 'stop',
    summary: 'An operator or a function got a value of a kind that it cannot take.',
    help: 'Convert the value, e.g. with string(), int() or float(), or quote the literal',
  },
  'expr.unknown-name': {
    disposition: 'stop',
    summary: 'A function, method, field or predicate variable of this name does not exist.',
    help: 'Correct the name, or compare with the names that exist',
  },
  'expr.nil-access': {
    disposition: 'stop',
    summary: 'A member of nil was asked for, or nil was called.',
    help: 'Correct the path, or use ?. and ?? to accept a missing value',
  },
  'expr.range': {
    disposition: 'stop',
    summary: 'An index, a number or a date lies outside what is possible.',
    help: 'Correct the index or the value',
  },
  'expr.argument': {
    disposition: 'stop',
    summary: 'A function refused the value it was given.',
    help: 'Correct the argument',
  },
  'expr.limit': {
    disposition: 'stop',
    summary: 'The expression is too long, too deep, or does too much.',
    help: 'Make the expression shorter or split it into variables',
  },
  'expr.unrenderable': {
    disposition: 'stop',
    summary:
      'The result cannot be written as JSON, e.g. a function, a NaN or a map with keys that are not text.',
    help: 'Give the expression a result of text, numbers, booleans, lists or maps with text keys',
  },
  'expr.template-unclosed': {
    disposition: 'stop',
    summary: 'A template opens an expression and never closes it.',
    help: 'Add the closing delimiter',
  },
  'expr.reserved-name': {
    disposition: 'stop',
    summary: 'The environment uses a name that belongs to the template language.',
    help: 'Rename the variable',
  },
});

/** A code of this module. */
export type ExprCode = keyof typeof exprErrors.entries;
