import {
  createLanguage,
  fixedZone,
  formatProblem,
  Instant,
  type Program,
  utc,
  type ValueMap,
} from '../../../expr/index.ts';
import { readTruth } from '../truth.ts';
import { type CommitFact, type GitMoment, type GitTag, taggedAt } from './facts.ts';
import { subjectOf } from './subject.ts';

/** Says whether a commit or tag is wanted, or why that cannot be said. */
export type FilterVerdict =
  | { readonly ok: true; readonly isTrue: boolean }
  | { readonly ok: false; readonly problem: string };

/** A condition that commits or tags must meet. */
export interface CommitFilter {
  /** `nowMs`: the time that `now()` gives. */
  accepts(variables: ValueMap, nowMs: number): FilterVerdict;
}

/** A filter (none for a blank expression), or what is wrong with the expression. */
export type CommitFilterResult =
  | { readonly ok: true; readonly filter: CommitFilter | undefined }
  | { readonly ok: false; readonly problem: string };

const language = createLanguage();

/** Understands `expressionFilter`: an expression without functions of Kargo's own. */
export function compileCommitFilter(expression = ''): CommitFilterResult {
  const source = expression.trim();
  if (source === '') return { ok: true, filter: undefined };
  const compiled = language.compile(source);
  if (compiled.kind === 'problems') {
    const problem = formatProblem(source, compiled.problems[0]);
    return { ok: false, problem: `expressionFilter is not an expression: ${problem}` };
  }
  const { program } = compiled;
  return { ok: true, filter: { accepts: (variables, nowMs) => evaluate(program, variables, nowMs) } };
}

function evaluate(program: Program, variables: ValueMap, nowMs: number): FilterVerdict {
  const evaluated = language.evaluate(program, { variables, functions: {}, nowMs });
  if (evaluated.kind === 'value') {
    const truth = readTruth(evaluated.value);
    return truth.ok ? truth : refuse(truth.problem);
  }
  if (evaluated.kind === 'problem') return refuse(formatProblem(program.source, evaluated.problem));
  return refuse('it asks for data that is not at hand');
}

function refuse(problem: string): FilterVerdict {
  return { ok: false, problem: `expressionFilter cannot be evaluated: ${problem}` };
}

/** What an expression knows of a commit of a branch. */
export function commitVariables(commit: CommitFact): ValueMap {
  return { ...commonVariables(commit), commitDate: toInstant(commit.committedAt) };
}

/** What an expression knows of a tag. */
export function tagVariables(tag: GitTag): ValueMap {
  return {
    ...commonVariables(tag.commit),
    tag: tag.name,
    creatorDate: toInstant(taggedAt(tag)),
    tagger: tag.annotation?.tagger ?? '',
    annotation: subjectOf(tag.annotation?.message ?? ''),
  };
}

function commonVariables({ id, author, committer, message }: CommitFact): ValueMap {
  return { id, author, committer, subject: subjectOf(message) };
}

function toInstant({ timeSec, offsetSec }: GitMoment): Instant {
  return new Instant(BigInt(timeSec) * 1_000_000_000n, offsetSec === 0 ? utc : fixedZone(offsetSec));
}
