/**
 * Whose turn it is at each Stage, in the memory of one process: the Stage controller gives turns, the Promotion controller
 * looks who has them. It must never decide anything itself.
 */
import { keyText, type ObjectKey } from '../../api/meta/index.ts';
import type { StageTurn } from '../../domain/index.ts';
import type { Clock, StageTurns } from '../../ports/index.ts';

/** An empty record; `onGiven` is called with the key of each Promotion that gets a turn. */
export function createStageTurns(
  { clock }: { readonly clock: Clock },
  onGiven: (promotion: ObjectKey) => void,
): StageTurns {
  const turns = new Map<string, StageTurn>();
  return {
    of: (stage) => turns.get(keyText(stage)),
    give(stage, promotion) {
      const key = keyText(stage);
      if (turns.get(key)?.promotion === promotion) return;
      if (promotion === undefined) {
        turns.delete(key);
        return;
      }
      turns.set(key, { promotion, sinceMs: clock.nowMs() });
      onGiven({ ...stage, name: promotion });
    },
  };
}
