import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Output } from '../cli/index.ts';
import { runDemo } from './demo/index.ts';
import { Resources } from './resources.ts';
import { startSandbox } from './sandbox/index.ts';
import { createSurroundings } from './surroundings.ts';

const timeLimitMs = 120_000;

/**
 * The process behind `gantry demo`: a release on a sandbox of its own. Log lines would tear the story apart, so only
 * errors are logged. Gives the exit code.
 */
export async function runDemoProcess(
  call: { readonly once: boolean; readonly examplesUrl: URL },
  streams: { readonly output: Output; readonly stderr: { write(text: string): unknown } },
  signal: AbortSignal,
): Promise<number> {
  await using resources = new Resources();
  const surroundings = createSurroundings('error', streams.stderr);
  const { clock, random } = surroundings;
  const startedAtMs = clock.nowMs();
  const sandbox = await startSandbox(surroundings, {}, signal);
  resources.use(sandbox, (one) => one.close());
  const example = fileURLToPath(new URL('ameide/', call.examplesUrl));
  return await runDemo({
    sandbox,
    clock,
    random,
    output: streams.output,
    once: call.once,
    timeLimitMs,
    startedAtMs,
    readExample: (path) => readFile(`${example}${path}`, 'utf8'),
    signal,
  });
}
