/**
 * The Promotion controller: waits for its turn in the Stage, runs the steps, says how it went. Its `act` is the step engine.
 * It never creates Promotions and never writes another kind's status. Start reading at `decide.ts`.
 */
export {
  createPromotionController,
  type PromotionControllerDeps,
  type PromotionControllerOptions,
} from './controller.ts';
export { openByStageIndex, promotionIndexes, waitingForApplicationIndex } from './watch.ts';
