/**
 * Clock, randomness, logs and metrics of a real process, behind the runtime ports.
 * It holds no state of its own beyond what its factories return. Start reading at `system.ts`.
 */
export { createPinoLog, type PinoLogOptions } from './pino-log.ts';
export { createPromMetrics, type PromMetrics, type PromMetricsOptions } from './prom-metrics.ts';
export { createSystemClock, createSystemRandom } from './system.ts';
