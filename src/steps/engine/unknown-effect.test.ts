import { describe, expect, test } from 'vitest';
import { createEngineWorld, defineScripted, type PassOptions } from '../../../test/support/engine-world.ts';
import { AppError, type JsonObject } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import { readState } from './journal.ts';

const done: StepOutcome = { kind: 'done', status: 'Succeeded' };
const no: StepOutcome = {
  kind: 'failed',
  status: 'Errored',
  code: 'test.no',
  message: 'the server says no',
  terminal: false,
};
const away = new AppError('test.away', 'the connection broke', { disposition: 'retry' });
const lost = new Error('the process is gone');

/** A step that posts something, and cannot find out later whether it did. */
function createPost(
  answers: readonly (StepOutcome | Error)[],
  config: JsonObject,
  options: PassOptions = {},
) {
  let posts = 0;
  const definitions = [
    defineScripted(
      'post',
      async (context) => {
        await context.claim({ url: 'https://example.com/deploy' });
        posts += 1;
        const answer = answers[posts - 1] ?? done;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      { effect: 'outward', findsOwnEffect: false },
    ),
  ];
  const steps = [{ uses: 'post', as: 'post', config, retry: { errorThreshold: 2 } }];
  const world = createEngineWorld({ steps, definitions });
  return {
    world,
    posts: () => posts,
    async play() {
      await world.pass(options).catch((error: unknown) => {
        if (error !== lost) throw error;
      });
      for (let pass = 0; pass < 4 && world.status.phase === 'Running'; pass += 1) await world.pass();
      return world.status;
    },
  };
}

/** Loses what is written from the checkpoint with this number on, before or after it is stored. */
function lose(at: number, when: 'beforeCheckpoint' | 'afterCheckpoint'): PassOptions {
  return {
    [when]: (count: number) => {
      if (count >= at) throw lost;
    },
  };
}

const unknown = /nothing tells whether that had an effect; check it \(post: .*example.com\/deploy/;

describe('a step that cannot find its own effect', () => {
  test.each([
    { name: 'and is answered', answers: [done], want: { phase: 'Succeeded', posts: 1 } },
    {
      name: 'and is told no, then yes',
      answers: [no, done],
      want: { phase: 'Succeeded', posts: 2 },
      because: 'a refusal is an answer',
    },
    {
      name: 'and is told no twice',
      answers: [no, no],
      want: { phase: 'Errored', posts: 2, message: /met error threshold of 2/ },
    },
    {
      name: 'and gets no answer',
      answers: [away],
      want: { phase: 'Errored', posts: 1, message: unknown },
      because: 'the request may have arrived',
    },
    {
      name: 'and gets no answer, but is repeatable',
      answers: [away],
      config: { repeatable: true },
      want: { phase: 'Succeeded', posts: 2 },
    },
    {
      name: 'and whose claim was not written',
      options: lose(0, 'beforeCheckpoint'),
      want: { phase: 'Succeeded', posts: 1 },
      because: 'nothing was begun',
    },
    {
      name: 'and was killed right after its claim',
      options: lose(0, 'afterCheckpoint'),
      want: { phase: 'Errored', posts: 0, message: unknown },
    },
    {
      name: 'and was killed before its answer was written',
      options: lose(1, 'beforeCheckpoint'),
      want: { phase: 'Errored', posts: 1, message: unknown },
    },
    {
      name: 'and was killed before its answer was written, but is repeatable',
      options: lose(1, 'beforeCheckpoint'),
      config: { repeatable: true },
      want: { phase: 'Succeeded', posts: 2 },
    },
    {
      name: 'and was killed after its answer was written',
      options: lose(1, 'afterCheckpoint'),
      want: { phase: 'Succeeded', posts: 1 },
    },
  ])('$name', async ({ answers = [], config = {}, options, want }) => {
    const post = createPost(answers, config, options);
    const { phase, message } = await post.play();
    expect([phase, post.posts()]).toEqual([want.phase, want.posts]);
    if (want.message !== undefined) expect(message).toMatch(want.message);
  });

  test('leaves no claim behind when it was told no', async () => {
    const { world } = createPost([no, no], {});
    await world.pass();
    expect(readState(world.status.state).journal['post']?.claim).toBeUndefined();
  });
});
