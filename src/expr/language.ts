import { LRUCache } from 'lru-cache';
import type { Node } from './ast/node.ts';
import { builtins } from './builtins/registry.ts';
import { checkTypes, type FunctionSignature } from './check/check.ts';
import type { Environment } from './eval/environment.ts';
import { evaluateNode } from './eval/evaluate.ts';
import { type Grammar, parse } from './parser/parser.ts';
import { type Need, NeedSignal, type Problem, type SourceRange, toProblem } from './problem.ts';
import type { Value } from './value/types.ts';

/** Limits of sources and evaluations. They count, never measure time, so that every run decides alike. */
export interface Limits {
  /** UTF-16 units of an expression. */
  readonly maxSourceLength: number;
  /** Nodes of its syntax tree. */
  readonly maxNodes: number;
  /** Levels of nesting. */
  readonly maxNesting: number;
  /** Nodes visited and items gone through in one evaluation. */
  readonly maxSteps: number;
  /** Characters and items made in one evaluation. */
  readonly maxOutput: number;
}

/** Limits that no ordinary manifest comes near. */
export const defaultLimits: Limits = {
  maxSourceLength: 65_536,
  maxNodes: 10_000,
  maxNesting: 200,
  maxSteps: 1_000_000,
  maxOutput: 4_194_304,
};

/** An expression that was parsed and checked; evaluated by the language that compiled it. */
export interface Program {
  readonly source: string;
  readonly root: Node;
}

/** What compiling gives: a program, or all problems of the source. */
export type Compiled =
  | { readonly kind: 'program'; readonly program: Program }
  | { readonly kind: 'problems'; readonly problems: readonly [Problem, ...Problem[]] };

/** What evaluating gives: a value, what the snapshot lacks, or the first problem. */
export type Evaluated =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'needs'; readonly needs: readonly Need[] }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** The expression language with a fixed set of functions. */
export interface Language {
  readonly limits: Limits;
  /** Parses and checks; the answer is remembered in a bounded cache. Never throws. */
  compile(source: string): Compiled;
  /** Evaluates a program of this language over an environment. Pure; never throws. */
  evaluate(program: Program, environment: Environment): Evaluated;
  /** Compiles and evaluates; of several problems the first. */
  run(source: string, environment: Environment): Evaluated;
}

/** What a language is made of. */
export interface LanguageOptions {
  /** Functions beyond the builtins; their implementations come with the environment. */
  readonly functions?: readonly FunctionSignature[];
  readonly limits?: Partial<Limits>;
  /** Number of compiled sources to remember. */
  readonly cacheSize?: number;
}

/** A language: grammar, builtins, the given functions, limits and a cache of programs of its own. */
export function createLanguage(options: LanguageOptions = {}): Language {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const functions = new Map((options.functions ?? []).map((entry) => [entry.name, entry] as const));
  const cache = new LRUCache<string, Compiled>({ max: options.cacheSize ?? 2048 });
  const scope = { builtins, functions, limits };
  const grammar = grammarWithout(functions);

  function compile(source: string): Compiled {
    const known = cache.get(source);
    if (known !== undefined) return known;
    const compiled = compileSource(source);
    if (source.length <= limits.maxSourceLength) cache.set(source, compiled);
    return compiled;
  }

  function compileSource(source: string): Compiled {
    try {
      const root = parse(source, grammar, limits);
      const [first, ...rest] = checkTypes(root, scope);
      if (first !== undefined) return { kind: 'problems', problems: [first, ...rest] };
      return { kind: 'program', program: { source, root } };
    } catch (caught) {
      return { kind: 'problems', problems: [toProblem(caught, { start: 0, end: source.length })] };
    }
  }

  function evaluate(program: Program, environment: Environment): Evaluated {
    const position: { at: SourceRange } = { at: program.root };
    try {
      return { kind: 'value', value: evaluateNode(program.root, scope, environment, position) };
    } catch (caught) {
      if (caught instanceof NeedSignal) return { kind: 'needs', needs: caught.needs };
      const { start, end } = position.at;
      return { kind: 'problem', problem: toProblem(caught, { start, end }) };
    }
  }

  function run(source: string, environment: Environment): Evaluated {
    const compiled = compile(source);
    if (compiled.kind === 'problems') return { kind: 'problem', problem: compiled.problems[0] };
    return evaluate(compiled.program, environment);
  }

  return { limits, compile, evaluate, run };
}

/** A function of the caller hides a builtin of the same name. */
function grammarWithout(functions: ReadonlyMap<string, FunctionSignature>): Grammar {
  return {
    builtin: (name) => {
      const builtin = functions.has(name) ? undefined : builtins.get(name);
      if (builtin === undefined) return undefined;
      return builtin.kind === 'plain' ? 'plain' : builtin;
    },
  };
}
