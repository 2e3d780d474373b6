import {
  createPinoLog,
  createPromMetrics,
  createSystemClock,
  createSystemRandom,
  type PromMetrics,
} from '../telemetry/index.ts';
import type { Surroundings } from './adapters.ts';

/** Clock, randomness, log and metrics of a real process. Log lines are JSON, on stderr. */
export function createSurroundings(
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent',
  stderr: { write(text: string): unknown },
): Surroundings & { readonly prometheus: PromMetrics } {
  const prometheus = createPromMetrics({ withProcessMetrics: true });
  return {
    clock: createSystemClock(),
    random: createSystemRandom(),
    log: createPinoLog({ level, write: (line) => void stderr.write(line) }),
    metrics: prometheus.metrics,
    prometheus,
  };
}
