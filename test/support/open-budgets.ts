import { createHostBudgets } from '../../src/http/index.ts';
import type { HostBudgets } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { createSeededRandom } from './seeded-random.ts';

/** Budgets that hold nobody back, for tests that are not about them. */
export function createOpenBudgets(): HostBudgets {
  return createHostBudgets(
    { clock: createSystemClock(), random: createSeededRandom() },
    { requestsPerSecond: 1e6, concurrency: 256 },
  );
}
