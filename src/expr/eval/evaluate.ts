import type { BinaryNode, BuiltinNode, CallNode, MemberNode, Node } from '../ast/node.ts';
import type { Builtin, CallContext, Loop } from '../builtins/record.ts';
import type { FunctionSignature } from '../check/check.ts';
import { printNode } from '../print/source.ts';
import { nearestNames } from '../print/suggest.ts';
import { Fault, type SourceRange } from '../problem.ts';
import { signValue } from '../value/arithmetic.ts';
import { isList, kindOf, mapEntries, plain } from '../value/kinds.ts';
import { assertSize, widthOf } from '../value/size.ts';
import { Bytes, Method, NamedInt, newMap, nilList, type Value } from '../value/types.ts';
import { encodeUtf8 } from '../value/utf8.ts';
import { Budget, type Environment, type EvalLimits } from './environment.ts';
import { hintOfNil, type NilContext, nilFault } from './explain-nil.ts';
import { readMember, readSlice } from './member.ts';
import { applyBinary } from './operators.ts';

/** What names mean to the evaluator. */
export interface EvalScope {
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly functions: ReadonlyMap<string, FunctionSignature>;
  readonly limits: EvalLimits;
}

/** Ends an optional chain whose part is nil. */
const skipped: unique symbol = Symbol('skipped');

interface Frame {
  /** Read late: a map can be gone through as long as nothing asks for an item. */
  item(): Value;
  readonly index: number;
  readonly accumulator: Value;
}

interface Evaluation {
  readonly scope: EvalScope;
  readonly environment: Environment;
  readonly budget: Budget;
  readonly context: CallContext;
  readonly variables: { readonly name: string; readonly value: Value }[];
  readonly frames: Frame[];
  /** The node being worked on: where a fault without a range happened. */
  at: SourceRange;
}

/** Where a fault without a range of its own happened. */
export interface Position {
  at: SourceRange;
}

/** The value of an expression. Throws faults and need signals; `position` tells where evaluation stood. */
export function evaluateNode(
  node: Node,
  scope: EvalScope,
  environment: Environment,
  position: Position,
): Value {
  const budget = new Budget(scope.limits);
  const context: CallContext = {
    nowMs: environment.nowMs,
    maxOutput: scope.limits.maxOutput,
    spend: (amount) => budget.spend(amount),
  };
  const evaluation: Evaluation = {
    scope,
    environment,
    budget,
    context,
    variables: [],
    frames: [],
    get at() {
      return position.at;
    },
    set at(range: SourceRange) {
      position.at = range;
    },
  };
  const value = evaluate(evaluation, node);
  return value instanceof NamedInt ? value.value : value;
}

/** The value of a node, with its verbatim flag. */
function evaluate(run: Evaluation, node: Node): Value {
  const value = visit(run, node);
  return value === skipped ? null : value;
}

/** The value of a node without its verbatim flag. */
function operand(run: Evaluation, node: Node): Value {
  return plain(evaluate(run, node));
}

function visit(run: Evaluation, node: Node): Value | typeof skipped {
  run.budget.step(node);
  switch (node.kind) {
    case 'literal':
      return node.value instanceof Uint8Array ? new Bytes(node.value) : node.value;
    case 'name':
      return readName(run, node.name);
    case 'pointer':
      return readPointer(run, node.name);
    case 'unary': {
      const value = operand(run, node.operand);
      run.at = node;
      return explained(run, [node.operand], () =>
        node.operator === '!' ? !condition(value) : signValue(node.operator, value),
      );
    }
    case 'binary':
      return evaluateBinary(run, node);
    case 'member':
      return evaluateMember(run, node);
    case 'slice': {
      const object = visit(run, node.object);
      if (object === skipped) return skipped;
      const from = node.from === undefined ? undefined : operand(run, node.from);
      const to = node.to === undefined ? undefined : operand(run, node.to);
      run.at = node;
      return readSlice(plain(object), from, to);
    }
    case 'chain': {
      const value = evaluate(run, node.inner);
      return value === nilList ? null : value;
    }
    case 'call':
      return evaluateCall(run, node);
    case 'builtin':
      return evaluateBuiltin(run, node);
    case 'conditional': {
      const test = operand(run, node.condition);
      run.at = node.condition;
      const isMet = explained(run, [node.condition], () => condition(test));
      return evaluate(run, isMet ? node.then : node.otherwise);
    }
    case 'let': {
      run.variables.push({ name: node.name, value: evaluate(run, node.value) });
      const value = evaluate(run, node.body);
      run.variables.pop();
      return value;
    }
    case 'sequence': {
      let value: Value = null;
      for (const item of node.items) value = evaluate(run, item);
      return value;
    }
    case 'list':
      return node.items.map((item) => operand(run, item));
    case 'map':
      return evaluateMap(run, node);
  }
}

function condition(value: Value, hint?: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new Fault('expr.type', `a bool is needed here, not a ${kindOf(value)}`, {
    data: { kind: kindOf(value) },
    hint,
  });
}

function readName(run: Evaluation, name: string): Value {
  const variable = run.variables.findLast((entry) => entry.name === name);
  if (variable !== undefined) return variable.value;
  const { variables } = run.environment;
  if (name === '$env') return variables;
  return Object.hasOwn(variables, name) ? (variables[name] ?? null) : null;
}

function readPointer(run: Evaluation, name: string): Value {
  const frame = run.frames.at(-1);
  if (frame === undefined) return null;
  if (name === 'index') return BigInt(frame.index);
  return name === 'acc' ? frame.accumulator : frame.item();
}

function evaluateBinary(run: Evaluation, node: BinaryNode): Value {
  const hyphenated = hyphenatedName(node);
  if (hyphenated === undefined) return evaluateOperator(run, node);
  try {
    return evaluateOperator(run, node);
  } catch (caught) {
    if (!(caught instanceof Fault)) throw caught;
    throw caught.withHint(`a name with a hyphen stands in quotes: ${hyphenated}`);
  }
}

/** What `outputs.open-pr.id` may have meant: `outputs['open-pr']`. Only where no space stands around the operator. */
function hyphenatedName(node: BinaryNode): string | undefined {
  const { left, right, at } = node;
  if (node.operator !== '-' || left.end !== at.start || right.start !== at.end) return undefined;
  const end = headName(right);
  if (end === undefined) return undefined;
  if (left.kind === 'binary') return hyphenatedName(left)?.replace(/'(?=\]?$)/, `-${end}'`);
  if (left.kind === 'name') return `'${left.name}-${end}'`;
  if (left.kind !== 'member' || !left.isDotted || left.property.kind !== 'literal') return undefined;
  return `${printNode(left.object)}['${String(left.property.value)}-${end}']`;
}

/** The name that a path begins with. */
function headName(node: Node): string | undefined {
  if (node.kind === 'name') return node.name;
  if (node.kind === 'chain') return headName(node.inner);
  return node.kind === 'member' || node.kind === 'slice' ? headName(node.object) : undefined;
}

function evaluateOperator(run: Evaluation, node: BinaryNode): Value {
  const { operator } = node;
  if (operator === '??') {
    const left = evaluate(run, node.left);
    return left === null ? evaluate(run, node.right) : left;
  }
  if (operator === '||' && isLiteral(node.right, true)) return true;
  if (operator === '&&' && isLiteral(node.right, false)) return false;
  const left = operand(run, node.left);
  // Source: expr-lang folds a literal on the right before it looks at the left.
  if (operator === '&&' && isLiteral(node.right, true)) return left;
  if (operator === '&&' || operator === '||') {
    run.at = node.left;
    const hint = operator === '||' ? 'for a default value write ??' : undefined;
    const isLeft = explained(run, [node.left], () => condition(left, hint));
    if (isLeft === (operator === '||')) return left;
    return operand(run, node.right);
  }
  const right = operand(run, node.right);
  run.at = node.at;
  run.budget.work(widthOf(left) + widthOf(right), node);
  if (operator === 'in') refuseOddNeedle(left, node.right);
  return explained(run, [node.left, node.right], () => applyBinary(operator, left, right, run.context));
}

function isLiteral(node: Node, value: boolean): boolean {
  return node.kind === 'literal' && node.value === value;
}

/** A list of nothing but string literals is a set of strings: only a string can be looked for in it. */
function refuseOddNeedle(needle: Value, hay: Node): void {
  if (hay.kind !== 'list' || hay.items.length === 0 || typeof needle === 'string' || needle === null) return;
  if (hay.items.every((item) => item.kind === 'literal' && typeof item.value === 'string')) {
    throw new Fault('expr.type', `a ${kindOf(needle)} cannot be looked for in a list of strings`);
  }
}

function evaluateMember(run: Evaluation, node: MemberNode): Value | typeof skipped {
  const object = visit(run, node.object);
  if (object === skipped) return skipped;
  if (object === null && node.isOptional) return skipped;
  const key = operand(run, node.property);
  run.at = node.property;
  if (object instanceof NamedInt && key === 'String') return new Method('String', 0, () => object.name);
  if (object === null) throw nilFault(node.object, formatKey(key), nilContext(run));
  try {
    return readMember(plain(object), key, () => printNode(node.object));
  } catch (caught) {
    if (!(caught instanceof Fault) || typeof key !== 'string' || !run.scope.builtins.has(key)) throw caught;
    throw caught.withHint(`${key} is a function: write ${key}(${printNode(node.object)})`);
  }
}

/** Runs what may fault because a value is nil, and says then which one is. */
function explained<T>(run: Evaluation, nodes: readonly Node[], work: () => T): T {
  try {
    return work();
  } catch (caught) {
    if (!(caught instanceof Fault) || caught.code !== 'expr.type') throw caught;
    const hint = hintOfNil(nodes, nilContext(run));
    throw hint === undefined ? caught : caught.withHint(hint);
  }
}

function formatKey(key: Value): string {
  return typeof key === 'string' || typeof key === 'bigint' || typeof key === 'number'
    ? String(key)
    : kindOf(key);
}

function nilContext(run: Evaluation): NilContext {
  return {
    functions: run.scope.functions,
    names: () => [...run.variables.map((entry) => entry.name), ...Object.keys(run.environment.variables)],
    evaluate: (node) => {
      const { at } = run;
      try {
        return evaluate(run, node);
      } finally {
        run.at = at;
      }
    },
    hintFor: (name, path) => run.environment.hintFor?.(name, path),
  };
}

function evaluateMap(run: Evaluation, node: Extract<Node, { kind: 'map' }>): Value {
  const map = newMap();
  for (const pair of node.pairs) {
    const key = operand(run, pair.key);
    const value = operand(run, pair.value);
    run.at = pair.key;
    if (typeof key !== 'string') throw new Fault('expr.type', `a key must be a string, not a ${kindOf(key)}`);
    // Of two equal keys the first wins. Source: expr-lang's behavior.
    if (!Object.hasOwn(map, key)) map[key] = value;
  }
  return map;
}

function evaluateCall(run: Evaluation, node: CallNode): Value | typeof skipped {
  const { callee } = node;
  if (callee.kind === 'name' && !run.variables.some((variable) => variable.name === callee.name)) {
    const host = run.environment.functions;
    if (run.scope.functions.has(callee.name)) {
      const call = host !== undefined && Object.hasOwn(host, callee.name) ? host[callee.name] : undefined;
      const args = node.args.map((arg) => operand(run, arg));
      run.at = node;
      for (const arg of args) assertSize(arg, run.context.maxOutput);
      explained(run, node.args, () => refuseOddArguments(run, callee.name, args));
      if (call !== undefined) return call(args);
      throw new Fault('expr.unknown-name', `the function "${callee.name}" does not exist here`);
    }
  }
  const method = visit(run, callee);
  if (method === skipped) return skipped;
  const args = node.args.map((arg) => operand(run, arg));
  run.at = node;
  if (method instanceof Method) return callMethod(method, args);
  throw notCallable(run, callee, method);
}

/** A host function that takes a text gets one; what is not known when compiling is looked at here. */
function refuseOddArguments(run: Evaluation, name: string, args: readonly Value[]): void {
  const { overloads = [] } = run.scope.functions.get(name) ?? {};
  const fitting = overloads.filter(({ params }) => params.length === args.length);
  const odd = args.findIndex(
    (arg, index) =>
      typeof arg !== 'string' &&
      fitting.length > 0 &&
      fitting.every(({ params }) => params[index]?.kind === 'string'),
  );
  if (odd >= 0) {
    throw new Fault(
      'expr.type',
      `${name} takes a string as argument ${odd + 1}, not ${kindOf(args[odd] ?? null)}`,
    );
  }
}

function callMethod(method: Method, args: readonly Value[]): Value {
  const { min, max } = method.parameters;
  if (args.length < min || args.length > max) {
    throw new Fault('expr.type', `${method.name} takes ${min} arguments, not ${args.length}`);
  }
  return method.call(args);
}

function notCallable(run: Evaluation, callee: Node, value: Value): Fault {
  if (callee.kind !== 'name') {
    const code = value === null ? 'expr.nil-access' : 'expr.type';
    return new Fault(
      code,
      `${printNode(callee)} is ${value === null ? 'nil' : `a ${kindOf(value)}`} and cannot be called`,
    );
  }
  const names = [...run.scope.functions.keys(), ...run.scope.builtins.keys()];
  const near = nearestNames(callee.name, names);
  return new Fault('expr.unknown-name', `the function "${callee.name}" does not exist${near}`, {
    data: { name: callee.name },
  });
}

function evaluateBuiltin(run: Evaluation, node: BuiltinNode): Value {
  const builtin = run.scope.builtins.get(node.name);
  if (builtin === undefined)
    throw new Fault('expr.unknown-name', `the function "${node.name}" does not exist`);
  const args = node.args.map((arg) => operand(run, arg));
  run.at = node;
  for (const arg of args) run.budget.work(widthOf(arg), node);
  if (builtin.kind === 'predicate')
    return builtin.run(explained(run, node.args, () => createLoop(run, node, args)));
  if (node.name !== 'get') return explained(run, node.args, () => builtin.call(args, run.context));
  try {
    return readMember(args[0] ?? null, args[1] ?? null, () => 'the object');
  } catch (caught) {
    if (caught instanceof Fault) return null;
    throw caught;
  }
}

function createLoop(run: Evaluation, node: BuiltinNode, args: readonly Value[]): Loop {
  const [source = null, extra] = args;
  const items = itemsOf(source, node.name);
  const apply = (index: number, accumulator: Value = null): Value => {
    run.budget.step(node);
    if (node.predicate === undefined) return plain(items.at(index));
    run.frames.push({ item: () => items.at(index), index, accumulator });
    const value = operand(run, node.predicate);
    run.frames.pop();
    run.at = node;
    return value;
  };
  return {
    name: node.name,
    length: items.length,
    item: (index) => items.at(index),
    apply,
    test: (index) => {
      const value = apply(index);
      run.at = node.predicate ?? node;
      return condition(value);
    },
    extra,
    context: run.context,
  };
}

interface Items {
  readonly length: number;
  at(index: number): Value;
}

/** What a predicate goes through: a list, the bytes of a text; a map as long as no item is asked for. */
function itemsOf(source: Value, name: string): Items {
  if (isList(source)) return { length: source.length, at: (index) => source[index] ?? null };
  const bytes =
    source instanceof Bytes ? source.bytes : typeof source === 'string' ? encodeUtf8(source) : undefined;
  if (bytes !== undefined) return { length: bytes.length, at: (index) => BigInt(bytes[index] ?? 0) };
  const refusal = new Fault('expr.type', `${name} goes through a list, not a ${kindOf(source)}`);
  const size = mapEntries(source)?.length;
  if (size === undefined) throw refusal;
  return {
    length: size,
    at: () => {
      throw refusal;
    },
  };
}
