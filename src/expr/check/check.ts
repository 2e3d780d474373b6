import type { BinaryNode, BuiltinNode, CallNode, MemberNode, Node } from '../ast/node.ts';
import type { Builtin } from '../builtins/record.ts';
import { methodOfType } from '../builtins/time-methods.ts';
import type { ExprCode } from '../errors.ts';
import { nearestNames } from '../print/suggest.ts';
import type { Problem, SourceRange } from '../problem.ts';
import { stringHint } from '../value/arithmetic.ts';
import { compilePattern } from '../value/pattern.ts';
import { checkBinary } from './binary.ts';
import { checkOverloads, isComplaint, type Overload } from './signature.ts';
import {
  anyType,
  boolType,
  bytesType,
  describeType,
  floatType,
  functionType,
  intType,
  isListLike,
  isNumeric,
  itemOf,
  listOf,
  listType,
  mapType,
  maybe,
  nilType,
  stringType,
  type Type,
} from './type.ts';

/** A function that the caller adds to the language: what the checker, the reference and editors know of it. */
export interface FunctionSignature {
  readonly name: string;
  /** E.g. "imageFrom(repoURL: string, origin?: origin): image". */
  readonly signature: string;
  /** One sentence. */
  readonly summary: string;
  /** The result is what a template of only this expression gives, as JSON; run as a test over the example of the reference. */
  readonly example?: { readonly source: string; readonly result: string };
  /** What it means when the result is nil, for messages, e.g. "the Freight holds no such image". */
  readonly whenNil?: string;
  readonly overloads: readonly Overload[];
}

/** What names mean to the checker. */
export interface CheckScope {
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly functions: ReadonlyMap<string, FunctionSignature>;
}

/** All type problems of an expression that show without knowing the environment, in source order. */
export function checkTypes(node: Node, scope: CheckScope): readonly Problem[] {
  const checker: Checker = { scope, problems: [], variables: [], loops: [], objects: new Map() };
  typeOf(checker, node);
  return checker.problems.sort((a, b) => a.start - b.start);
}

interface Checker {
  readonly scope: CheckScope;
  readonly problems: Problem[];
  readonly variables: { readonly name: string; readonly type: Type }[];
  /** Types of the objects of member nodes, so that each is worked out once. */
  readonly objects: Map<Node, Type>;
  readonly loops: { readonly builtin: string; readonly list: Type }[];
}

function report(checker: Checker, range: SourceRange, code: ExprCode, message: string, hint?: string): Type {
  const { start, end } = range;
  checker.problems.push({ code, message, ...(hint === undefined ? {} : { hint }), data: {}, start, end });
  return anyType;
}

function typeOf(checker: Checker, node: Node): Type {
  switch (node.kind) {
    case 'literal':
      return literalType(node.value);
    case 'name':
      return nameType(checker, node.name);
    case 'pointer':
      return pointerType(checker, node.name, node);
    case 'unary': {
      const type = typeOf(checker, node.operand);
      if (node.operator === '!' ? maybe(type, 'bool') : type.kind === 'any' || isNumeric(type)) {
        return node.operator === '!' ? boolType : type;
      }
      return report(checker, node, 'expr.type', `${node.operator} cannot take a ${describeType(type)}`);
    }
    case 'binary':
      return binaryType(checker, node);
    case 'member':
      return memberType(checker, node);
    case 'slice': {
      const type = typeOf(checker, node.object);
      for (const bound of [node.from, node.to]) if (bound !== undefined) checkBound(checker, bound);
      if (maybe(type, 'string', 'list', 'bytes')) return type;
      return report(checker, node, 'expr.type', `a ${describeType(type)} cannot be sliced`);
    }
    case 'chain':
      return typeOf(checker, node.inner);
    case 'call':
      return callType(checker, node);
    case 'builtin':
      return builtinType(checker, node);
    case 'conditional': {
      const condition = typeOf(checker, node.condition);
      if (!maybe(condition, 'bool')) {
        report(
          checker,
          node.condition,
          'expr.type',
          `a condition must be a bool, not a ${describeType(condition)}`,
        );
      }
      return mergeTypes(typeOf(checker, node.then), typeOf(checker, node.otherwise));
    }
    case 'let':
      return letType(checker, node);
    case 'sequence':
      return node.items.map((item) => typeOf(checker, item)).at(-1) ?? nilType;
    case 'list': {
      const types = node.items.map((item) => typeOf(checker, item));
      const [first] = types;
      const isUniform = first !== undefined && types.every((type) => type.kind === first.kind);
      return isUniform ? listOf(types.at(-1) ?? anyType) : listType;
    }
    case 'map':
      for (const pair of node.pairs) {
        typeOf(checker, pair.key);
        typeOf(checker, pair.value);
      }
      return mapType;
  }
}

function literalType(value: null | boolean | bigint | number | string | Uint8Array): Type {
  switch (typeof value) {
    case 'boolean':
      return boolType;
    case 'bigint':
      return intType;
    case 'number':
      return floatType;
    case 'string':
      return stringType;
    default:
      return value === null ? nilType : bytesType;
  }
}

function nameType(checker: Checker, name: string): Type {
  const variable = checker.variables.findLast((entry) => entry.name === name);
  if (variable !== undefined) return variable.type;
  // A function's name without a call reads the environment at run time, but has no members.
  if (checker.scope.builtins.has(name) && checker.scope.builtins.get(name)?.kind === 'plain')
    return functionType;
  return anyType;
}

function pointerType(checker: Checker, name: string, range: SourceRange): Type {
  const loop = checker.loops.at(-1);
  if (loop === undefined)
    return report(checker, range, 'expr.syntax', '# has a meaning only within a predicate');
  if (name === '') return loop.list.kind === 'any' ? anyType : itemOf(loop.list);
  if (name === 'index' && (loop.builtin === 'map' || loop.builtin === 'reduce')) return intType;
  if (name === 'acc' && loop.builtin === 'reduce') return anyType;
  const known =
    loop.builtin === 'reduce' ? '#, #index and #acc' : loop.builtin === 'map' ? '# and #index' : '#';
  return report(
    checker,
    range,
    'expr.unknown-name',
    `#${name} does not exist in ${loop.builtin}, only ${known}`,
  );
}

function binaryType(checker: Checker, node: BinaryNode): Type {
  const left = typeOf(checker, node.left);
  const right = typeOf(checker, node.right);
  if (node.operator === 'matches' && node.right.kind === 'literal' && typeof node.right.value === 'string') {
    const pattern = compilePattern(node.right.value);
    if ('message' in pattern) report(checker, node.right, 'expr.syntax', pattern.message);
  }
  const result = checkBinary(node.operator, left, right);
  if (result !== undefined) return result;
  const kinds = `${describeType(left)} ${node.operator} ${describeType(right)}`;
  return report(
    checker,
    node.at,
    'expr.type',
    `${kinds} has no meaning`,
    hintFor(node.operator, left, right),
  );
}

function hintFor(operator: string, left: Type, right: Type): string | undefined {
  if (operator === '||') return 'for a default value write ??';
  const isText = left.kind === 'string' || right.kind === 'string';
  return operator === '+' && isText ? stringHint : undefined;
}

function memberType(checker: Checker, node: MemberNode): Type {
  const object = typeOf(checker, node.object);
  checker.objects.set(node, object);
  const property = typeOf(checker, node.property);
  if (node.object.kind === 'name' && node.object.name === '$env') return anyType;
  const name = node.property.kind === 'literal' ? node.property.value : undefined;
  if (typeof name === 'string' && methodOfType(object.kind, name) !== undefined) return functionType;
  switch (object.kind) {
    case 'any':
      return anyType;
    case 'map':
      if (object.key === 'any' || maybe(property, 'string') || property.kind === 'nil') return object.of;
      return report(
        checker,
        node.property,
        'expr.type',
        `a key must be a string, not a ${describeType(property)}`,
      );
    case 'list':
    case 'bytes':
      if (maybe(property, 'int')) return itemOf(object);
      return report(
        checker,
        node.property,
        'expr.type',
        `an item is named by an int, not a ${describeType(property)}`,
      );
    default: {
      const what = typeof name === 'string' ? `member "${name}"` : 'items';
      return report(checker, node.property, 'expr.unknown-name', `a ${describeType(object)} has no ${what}`);
    }
  }
}

function checkBound(checker: Checker, bound: Node): void {
  const type = typeOf(checker, bound);
  if (!maybe(type, 'int')) {
    report(checker, bound, 'expr.type', `a slice is bounded by ints, not by a ${describeType(type)}`);
  }
}

function callType(checker: Checker, node: CallNode): Type {
  const args = node.args.map((arg) => typeOf(checker, arg));
  if (node.callee.kind === 'name') {
    const { name } = node.callee;
    const declared = checker.variables.some((variable) => variable.name === name);
    const known = declared ? undefined : checker.scope.functions.get(name);
    if (known !== undefined) return overloadType(checker, node, name, known.overloads, args);
  }
  const callee = typeOf(checker, node.callee);
  const method = methodOf(checker, node);
  if (method !== undefined) return overloadType(checker, node, method.name, [method], args);
  if (maybe(callee, 'function')) return anyType;
  return report(checker, node.callee, 'expr.type', `a ${describeType(callee)} cannot be called`);
}

function methodOf(checker: Checker, node: CallNode): (Overload & { readonly name: string }) | undefined {
  const { callee } = node;
  if (callee.kind !== 'member' || callee.property.kind !== 'literal') return undefined;
  const name = callee.property.value;
  if (typeof name !== 'string') return undefined;
  const method = methodOfType(checker.objects.get(callee)?.kind ?? 'any', name);
  return method === undefined ? undefined : { ...method, name };
}

function overloadType(
  checker: Checker,
  node: CallNode | BuiltinNode,
  name: string,
  overloads: readonly Overload[],
  args: readonly Type[],
): Type {
  const result = checkOverloads(name, overloads, args);
  if (!isComplaint(result)) return result;
  const at = result.argument === undefined ? undefined : node.args[result.argument];
  return report(checker, at ?? node, 'expr.type', result.complaint, quoteHint(at));
}

/** A path or an address that stands without quotes is a division. */
function quoteHint(argument: Node | undefined): string | undefined {
  return argument?.kind === 'binary' && argument.operator === '/' ? 'a text must stand in quotes' : undefined;
}

function builtinType(checker: Checker, node: BuiltinNode): Type {
  const builtin = checker.scope.builtins.get(node.name);
  if (builtin === undefined) {
    const near = nearestNames(node.name, [...checker.scope.builtins.keys()]);
    return report(checker, node, 'expr.unknown-name', `the function "${node.name}" does not exist${near}`);
  }
  if (builtin.kind === 'plain') {
    const args = node.args.map((arg) => typeOf(checker, arg));
    const result = builtin.check(args);
    if (!isComplaint(result)) return result;
    const at = result.argument === undefined ? undefined : node.args[result.argument];
    return report(checker, at ?? node, 'expr.type', result.complaint, quoteHint(at));
  }
  const [listNode, ...extra] = node.args;
  if (listNode === undefined) return anyType;
  const list = typeOf(checker, listNode);
  if (list.kind !== 'any' && !isListLike(list)) {
    report(checker, listNode, 'expr.type', `${node.name} goes through a list, not a ${describeType(list)}`);
  }
  checker.loops.push({ builtin: node.name, list });
  const value = node.predicate === undefined ? itemOf(list) : typeOf(checker, node.predicate);
  checker.loops.pop();
  for (const arg of extra) typeOf(checker, arg);
  checkPredicate(checker, node, value, builtin.isTest);
  return builtin.result(list, value);
}

function checkPredicate(checker: Checker, node: BuiltinNode, value: Type, isTest: boolean): void {
  const at = node.predicate ?? node;
  if (value.kind === 'nil' && node.predicate !== undefined)
    report(checker, at, 'expr.type', `${node.name} cannot use nil as predicate`);
  else if (isTest && !maybe(value, 'bool')) {
    report(
      checker,
      at,
      'expr.type',
      `the predicate of ${node.name} must give a bool, not a ${describeType(value)}`,
    );
  }
}

function letType(checker: Checker, node: Extract<Node, { kind: 'let' }>): Type {
  const { name } = node;
  const isTaken =
    checker.scope.builtins.has(name) ||
    checker.scope.functions.has(name) ||
    checker.variables.some((variable) => variable.name === name);
  if (isTaken) report(checker, node, 'expr.syntax', `the name "${name}" is taken`);
  const type = typeOf(checker, node.value);
  checker.variables.push({ name, type });
  const result = typeOf(checker, node.body);
  checker.variables.pop();
  return result;
}

function mergeTypes(a: Type, b: Type): Type {
  if (a.kind === 'nil') return b;
  if (b.kind === 'nil') return a;
  return a.kind === b.kind ? a : anyType;
}
