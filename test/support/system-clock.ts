/** The real clock, for tests of what runs outside this process. */
export { createSystemClock } from '../../src/telemetry/index.ts';
