import type { Node } from '../ast/node.ts';
import type { FunctionSignature } from '../check/check.ts';
import { printNode } from '../print/source.ts';
import { listNames, nearestNames } from '../print/suggest.ts';
import { Fault } from '../problem.ts';
import { isValueMap, plain } from '../value/kinds.ts';
import { Record_, type Value } from '../value/types.ts';

/** How the explanation looks at the evaluation that met a nil. */
export interface NilContext {
  readonly functions: ReadonlyMap<string, FunctionSignature>;
  /** All names that have a value here. */
  names(): readonly string[];
  evaluate(node: Node): Value;
  hintFor(name: string, path: string | undefined): string | undefined;
}

// Longer names are data rather than names.
const longestName = 40;

/** A fault that says which part of a path is nil, and what there is instead. */
export function nilFault(node: Node, member: string, context: NilContext): Fault {
  const path = printNode(node);
  const data = { path, member };
  const { because = '', hint } = explain(node, context);
  return new Fault('expr.nil-access', `cannot read "${member}": ${path} is nil${because}`, { data, hint });
}

/** What the first of these that is nil is, and what there is instead; `undefined` when none is. */
export function hintOfNil(nodes: readonly Node[], context: NilContext): string | undefined {
  for (const node of nodes) {
    if (!isPath(node) || readPath(node, context) !== null) continue;
    const { because = '', hint } = explain(node, context);
    return `${printNode(node)} is nil${because}${hint === undefined ? '' : `; ${hint}`}`;
  }
  return undefined;
}

interface Explanation {
  /** Goes on after "… is nil". */
  readonly because?: string;
  readonly hint?: string | undefined;
}

function explain(node: Node, context: NilContext): Explanation {
  switch (node.kind) {
    case 'chain':
      return explain(node.inner, context);
    case 'name':
      return explainName(node.name, context);
    case 'member':
      return explainMember(node, context);
    case 'call': {
      const name = node.callee.kind === 'name' ? node.callee.name : '';
      const meaning = context.functions.get(name)?.whenNil;
      return meaning === undefined ? {} : { because: `: ${meaning}` };
    }
    default:
      return {};
  }
}

function explainName(name: string, context: NilContext): Explanation {
  const names = context.names();
  if (names.includes(name)) return {};
  const near = nearestNames(name, names);
  const known = context.hintFor(name, undefined);
  if (near !== '' && known === undefined) return { because: near };
  const because = `; the names here are ${listNames(names)}`;
  const called = [name, name.replace(/s$/, '')].find((candidate) => context.functions.has(candidate));
  if (called !== undefined)
    return { because, hint: `${called} is a function: write ${formatCall(called, context)}` };
  return { because, hint: known ?? 'a text must stand in quotes' };
}

function formatCall(name: string, context: NilContext): string {
  const takesNothing = context.functions.get(name)?.overloads.some(({ params }) => params.length === 0);
  return takesNothing === true ? `${name}()` : `${name}('…')`;
}

function explainMember(node: Extract<Node, { kind: 'member' }>, context: NilContext): Explanation {
  const names = namesOf(node.object, context);
  const key = node.property.kind === 'literal' ? node.property.value : undefined;
  if (names === undefined || typeof key !== 'string' || names.includes(key)) return {};
  const near = nearestNames(key, names);
  const path = printNode(node.object);
  const hint = context.hintFor(key, path);
  if (near !== '') return { because: near, hint };
  return { because: names.length === 0 ? `; ${path} is empty` : `; ${path} has ${listNames(names)}`, hint };
}

/** Members of an object that has a name of its own; data that a function made is not told. */
function namesOf(node: Node, context: NilContext): readonly string[] | undefined {
  const object = isPath(node) ? readPath(node, context) : undefined;
  if (object instanceof Record_) return object.spec.fields.map((field) => field.name);
  if (object === undefined || !isValueMap(object)) return undefined;
  return Object.keys(object).filter((name) => name.length <= longestName);
}

/** The value of a path, looked at for the second time; `undefined` when it has none. */
function readPath(node: Node, context: NilContext): Value | undefined {
  try {
    return plain(context.evaluate(node));
  } catch (caught) {
    if (caught instanceof Fault) return undefined;
    throw caught;
  }
}

function isPath(node: Node): boolean {
  if (node.kind === 'chain') return isPath(node.inner);
  return node.kind === 'name' || (node.kind === 'member' && isPath(node.object));
}
