/** Numbers that no other process has too; for what must be told apart between tests that run at the same time. */
export { createSystemRandom } from '../../src/telemetry/index.ts';
