import { freights, promotions, stages, warehouses } from '../../api/v1alpha1/index.ts';
import { describeError } from '../../base/index.ts';
import { createPaint } from '../../cli/index.ts';
import { explainStage } from '../../domain/index.ts';
import { place, playRelease } from './script.ts';
import { createStory } from './story.ts';
import { invite, summarize } from './summary.ts';
import type { DemoOptions } from './types.ts';

/**
 * Plays a release on a sandbox and tells it; gives the exit code: 0 when production is verified, else 1.
 *
 * Without `once` it then stays up until the signal is aborted, also after a failure, so that people can look around.
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { clock, output, signal } = options;
  const startedAtMs = options.startedAtMs ?? clock.nowMs();
  const limit = new AbortController();
  const cancel = clock.schedule(Math.max(0, startedAtMs + options.timeLimitMs - clock.nowMs()), () =>
    limit.abort(new Error(`not verified in production within ${options.timeLimitMs / 1000} s`)),
  );
  const story = createStory(output, clock, startedAtMs);
  const paint = createPaint(output.isTerminal);
  const stop = story.follow(options.sandbox.client);
  let code = 1;
  try {
    await playRelease(options, story, AbortSignal.any([signal, limit.signal]));
    const seconds = ((clock.nowMs() - startedAtMs) / 1000).toFixed(1);
    output.write(`\n${summarize(options)}\n`);
    output.write(`${paint('good', `production verified after ${seconds} s`)}\n`);
    code = 0;
  } catch (error) {
    if (!signal.aborted) {
      output.write(`\n${paint('bad', `The release did not arrive: ${describeError(error)}`)}\n`);
      for (const line of explainAll(options)) output.write(`  ${line}\n`);
    }
  } finally {
    cancel();
  }
  if (!options.once && !signal.aborted) {
    output.write(`\n${invite(options)}`);
    await untilAborted(signal);
  }
  stop();
  return code;
}

/** What each Stage waits for: the reason when the release got stuck. */
function explainAll({ sandbox, clock }: DemoOptions): readonly string[] {
  const { reader } = sandbox.client;
  const { namespace } = place;
  return reader.list(stages, { namespace }).map(
    (stage) =>
      explainStage({
        stage,
        freight: reader.list(freights, { namespace }),
        promotions: reader.list(promotions, { namespace }),
        warehouses: reader.list(warehouses, { namespace }).map(({ metadata }) => metadata.name),
        nowMs: clock.nowMs(),
      }).headline,
  );
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
