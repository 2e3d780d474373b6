import { describe, expect, test } from 'vitest';
import { inflateSteps } from './inflate.ts';

describe('problems', () => {
  test.each([
    {
      name: 'missing task',
      task: { name: 'nope' },
      want: 'PromotionTask "nope" not found',
      because: 'the sentence must name it',
    },
    {
      name: 'unknown kind',
      task: { name: 'x', kind: 'Recipe' },
      want: 'unknown task kind "Recipe"',
      because: 'only two kinds exist',
    },
  ])('$name', ({ task, want }) => {
    const inflation = inflateSteps([{ uses: 'a' }, { task }], [], () => undefined);
    expect(inflation.ok ? '' : inflation.problem).toMatchObject({ message: want, index: 1 });
  });
});
