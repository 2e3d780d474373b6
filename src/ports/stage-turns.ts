import type { ObjectKey } from '../api/meta/index.ts';
import type { StageTurn } from '../domain/index.ts';

/**
 * Whose turn it is at each Stage, as this process has decided: known before the Stage's status says so, and lost with the
 * process. What outlives it is the status of the Stage, and that of the Promotion once it runs.
 */
export interface StageTurns {
  of(stage: ObjectKey): StageTurn | undefined;
  /**
   * Gives the turn to a Promotion and wakes it, or takes it back (`undefined`). Giving it again to who has it changes
   * nothing. Only the Stage's own controller may call it.
   */
  give(stage: ObjectKey, promotion: string | undefined): void;
}
