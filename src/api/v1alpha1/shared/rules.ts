import type { ValidationRule } from '../../structural/index.ts';

/** Steps of Promotions and tasks: a kind of step, never a task. */
export const plainStepRules: readonly ValidationRule[] = [
  {
    rule: 'has(self.uses) && !has(self.task)',
    message: 'uses must be set and task must not be set',
  },
];

/** Steps of a Stage's template: a kind of step or a task, and a task takes neither retry nor continueOnError. */
export const templateStepRules: readonly ValidationRule[] = [
  {
    rule: '(has(self.uses) ? !has(self.task) : has(self.task))',
    message: 'exactly one of uses and task must be set',
  },
  {
    rule: '!has(self.task) || !has(self.continueOnError)',
    message: 'continueOnError cannot be set together with task',
  },
  { rule: '!has(self.task) || !has(self.retry)', message: 'retry cannot be set together with task' },
];

/** A field that never changes. */
export const immutableRules: readonly ValidationRule[] = [
  { rule: 'self == oldSelf', message: 'the value cannot be changed' },
];

/** What a Promotion moves: a Freight by name, or the best one of an origin. */
export const freightOrOriginRules: readonly ValidationRule[] = [
  {
    rule: 'has(self.freight) != has(self.origin)',
    message: 'exactly one of freight and origin must be set',
  },
];

/** Which Stages a promotion policy is about: one by name or several by selector. */
export const stageOrSelectorRules: readonly ValidationRule[] = [
  {
    rule: 'has(self.stage) ? !has(self.stageSelector) : has(self.stageSelector)',
    message: 'exactly one of stage and stageSelector must be set',
  },
];

/** A list of at most two values out of two; by index, because such a list has no enumeration in Kargo's API. */
export function oneOfTwoRules(first: string, second: string): readonly ValidationRule[] {
  const message = `each value must be ${first} or ${second}`;
  return [
    { rule: `self.size() == 0 || self[0] == '${first}' || self[0] == '${second}'`, message },
    { rule: `self.size() <= 1 || self[1] == '${first}' || self[1] == '${second}'`, message },
  ];
}
