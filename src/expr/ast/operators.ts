import type { BinaryOperator } from './node.ts';

/** How an operator binds: higher binds tighter. */
export interface Binding {
  readonly precedence: number;
  readonly isRightAssociative?: boolean;
  readonly operator: BinaryOperator | '|';
}

/** Binary operators by their spelling. Source: expr-lang's language definition. */
export const binaryOperators: ReadonlyMap<string, Binding> = new Map<string, Binding>([
  ['|', { precedence: 0, operator: '|' }],
  ['or', { precedence: 10, operator: '||' }],
  ['||', { precedence: 10, operator: '||' }],
  ['and', { precedence: 15, operator: '&&' }],
  ['&&', { precedence: 15, operator: '&&' }],
  ['==', { precedence: 20, operator: '==' }],
  ['!=', { precedence: 20, operator: '!=' }],
  ['<', { precedence: 20, operator: '<' }],
  ['>', { precedence: 20, operator: '>' }],
  ['>=', { precedence: 20, operator: '>=' }],
  ['<=', { precedence: 20, operator: '<=' }],
  ['in', { precedence: 20, operator: 'in' }],
  ['matches', { precedence: 20, operator: 'matches' }],
  ['contains', { precedence: 20, operator: 'contains' }],
  ['startsWith', { precedence: 20, operator: 'startsWith' }],
  ['endsWith', { precedence: 20, operator: 'endsWith' }],
  ['..', { precedence: 25, operator: '..' }],
  ['+', { precedence: 30, operator: '+' }],
  ['-', { precedence: 30, operator: '-' }],
  ['*', { precedence: 60, operator: '*' }],
  ['/', { precedence: 60, operator: '/' }],
  ['%', { precedence: 60, operator: '%' }],
  ['**', { precedence: 100, isRightAssociative: true, operator: '**' }],
  ['^', { precedence: 100, isRightAssociative: true, operator: '**' }],
  ['??', { precedence: 500, operator: '??' }],
]);

/** Unary operators by their spelling. */
export const unaryOperators: ReadonlyMap<
  string,
  { readonly precedence: number; readonly operator: '!' | '-' | '+' }
> = new Map([
  ['not', { precedence: 50, operator: '!' }],
  ['!', { precedence: 1000, operator: '!' }],
  ['-', { precedence: 90, operator: '-' }],
  ['+', { precedence: 90, operator: '+' }],
]);

/** Operators that `not` may stand before: `not in`, `not contains`, … */
export const negatable: ReadonlySet<string> = new Set([
  'in',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
]);

/** Operators that chain: `1 < x < 3` means `1 < x && x < 3`. */
export const chainable: ReadonlySet<string> = new Set(['<', '>', '<=', '>=']);
