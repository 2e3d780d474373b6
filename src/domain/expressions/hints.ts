import type { ValueMap } from '../../expr/index.ts';
import type { StepFacts } from './environment.ts';

/** What is known where a name is missing. */
export interface HintFacts {
  readonly ctx: ValueMap;
  readonly vars: ValueMap;
  /** Absent in variables of a Promotion. */
  readonly step: StepFacts | undefined;
}

/** What to write instead of a name that has no value, or of a member that a path does not have. */
export function hintForName(facts: HintFacts, name: string, path: string | undefined): string | undefined {
  switch (path) {
    case undefined:
      return hintForRoot(facts, name);
    case 'outputs':
      return hintForOutput(facts.step, name);
    case 'task.outputs':
      return isOwn(facts.step?.outputs, name)
        ? `a step outside of the task is ${formatMember('outputs', name)}`
        : undefined;
    case 'ctx':
      return name === 'freight' ? 'the Freight is ctx.targetFreight' : undefined;
    default:
      return undefined;
  }
}

function hintForRoot({ ctx, vars, step }: HintFacts, name: string): string | undefined {
  if (name === 'task') return 'task exists in steps of a task only; outside of it write outputs.<alias>';
  if (name === 'outputs' || name === 'stepMetas') {
    return `${name} exists in steps only; variables of a Promotion are evaluated before them`;
  }
  if (name === 'freight') {
    return 'the Freight is ctx.targetFreight; what it holds are imageFrom(), commitFrom() and chartFrom()';
  }
  if (isOwn(vars, name)) return `write ${formatMember('vars', name)}`;
  if (isOwn(ctx, name)) return `write ctx.${name}`;
  return isOwn(step?.outputs, name) ? `write ${formatMember('outputs', name)}` : undefined;
}

function hintForOutput(step: StepFacts | undefined, name: string): string | undefined {
  if (step === undefined) return undefined;
  const task = step.alias.includes('::') ? step.alias.slice(0, step.alias.indexOf('::')) : undefined;
  if (task !== undefined && isOwn(step.outputs, `${task}::${name}`)) {
    return `a step of the same task is ${formatMember('task.outputs', name)}`;
  }
  const elsewhere = Object.keys(step.outputs).find((alias) => alias.endsWith(`::${name}`));
  if (elsewhere !== undefined) return `a step of a task is ${formatMember('outputs', elsewhere)}`;
  const record = step.steps.find(({ alias }) => alias === name);
  return record === undefined
    ? undefined
    : `step "${name}" is ${record.status ?? 'not done'} and has no output`;
}

function isOwn(object: object | undefined, name: string): boolean {
  return object !== undefined && Object.hasOwn(object, name);
}

/** A member as an expression reads it: "outputs.a", "outputs['a-b']". */
function formatMember(path: string, name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}['${name}']`;
}
