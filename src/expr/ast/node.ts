import type { SourceRange } from '../problem.ts';

/** A node of the syntax tree. Every node knows its range in the source. */
export type Node =
  | LiteralNode
  | NameNode
  | PointerNode
  | UnaryNode
  | BinaryNode
  | MemberNode
  | SliceNode
  | ChainNode
  | CallNode
  | BuiltinNode
  | ConditionalNode
  | LetNode
  | SequenceNode
  | ListNode
  | MapNode;

/** nil, true, 1, 1.5, "text", b"bytes". */
export interface LiteralNode extends SourceRange {
  readonly kind: 'literal';
  readonly value: null | boolean | bigint | number | string | Uint8Array;
}

/** A variable of the environment or of a `let`; `$env` is the whole environment. */
export interface NameNode extends SourceRange {
  readonly kind: 'name';
  readonly name: string;
}

/** Within a predicate: `#` (empty name), `#acc`, `#index`. */
export interface PointerNode extends SourceRange {
  readonly kind: 'pointer';
  readonly name: string;
}

/** `not x`, `!x`, `-x`, `+x`. */
export interface UnaryNode extends SourceRange {
  readonly kind: 'unary';
  readonly operator: '!' | '-' | '+';
  readonly operand: Node;
}

/** The operators between two operands; words and signs of the same meaning share one name. */
export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'in'
  | 'matches'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | '..'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'
  | '??';

/** `a + b` and its like. */
export interface BinaryNode extends SourceRange {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
  /** Where the operator itself stands. */
  readonly at: SourceRange;
}

/** `a.b`, `a["b"]`, `a?.b`, `a?.[0]`. */
export interface MemberNode extends SourceRange {
  readonly kind: 'member';
  readonly object: Node;
  readonly property: Node;
  /** With `?.`: nil ends the whole chain. */
  readonly isOptional: boolean;
  /** Written with a dot rather than brackets. */
  readonly isDotted: boolean;
}

/** `a[1:2]`. */
export interface SliceNode extends SourceRange {
  readonly kind: 'slice';
  readonly object: Node;
  readonly from: Node | undefined;
  readonly to: Node | undefined;
}

/** The extent of an optional chain: what `?.` skips to. */
export interface ChainNode extends SourceRange {
  readonly kind: 'chain';
  readonly inner: Node;
}

/** A call of a host function or of a method. */
export interface CallNode extends SourceRange {
  readonly kind: 'call';
  readonly callee: Node;
  readonly args: readonly Node[];
}

/** A call of a builtin. */
export interface BuiltinNode extends SourceRange {
  readonly kind: 'builtin';
  readonly name: string;
  readonly args: readonly Node[];
  /** The predicate, for builtins that take one: evaluated once per item. */
  readonly predicate: Node | undefined;
}

/** `a ? b : c`, `a ?: c` and `if a { b } else { c }`. */
export interface ConditionalNode extends SourceRange {
  readonly kind: 'conditional';
  readonly condition: Node;
  readonly then: Node;
  readonly otherwise: Node;
}

/** `let name = value; body`. */
export interface LetNode extends SourceRange {
  readonly kind: 'let';
  readonly name: string;
  readonly value: Node;
  readonly body: Node;
}

/** `a; b`: the value of the last one. */
export interface SequenceNode extends SourceRange {
  readonly kind: 'sequence';
  readonly items: readonly Node[];
}

/** `[a, b]`. */
export interface ListNode extends SourceRange {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

/** `{a: 1, "b": 2, (c): 3}`. */
export interface MapNode extends SourceRange {
  readonly kind: 'map';
  readonly pairs: readonly { readonly key: Node; readonly value: Node }[];
}
