import type { AutoPromotionHold } from '../../../api/v1alpha1/index.ts';
import { compareNames, formatOrigin } from '../../../domain/index.ts';
import type { Draft, StageSeen } from '../types.ts';
import { withStatus } from './draft.ts';
import { policyOf } from './policy.ts';
import { readIntent } from './sync-promotions.ts';

/**
 * The holds that have an effect now: those that are kept, and what Promotions newer than the last one mean to do; what
 * somebody asked for counts from the moment they asked, not only when the Promotion has ended.
 */
export function computeHolds(draft: Draft, seen: StageSeen): Draft {
  const policy = policyOf(seen);
  const holds: Record<string, AutoPromotionHold> = {};
  if (!policy.ok || policy.isEnabled) Object.assign(holds, draft.status.autoPromotionHolds);
  if (policy.ok && policy.isEnabled) applyIntents(holds, draft, seen);
  const isEmpty = Object.keys(holds).length === 0;
  return withStatus(draft, { effectiveAutoPromotionHolds: isEmpty ? undefined : holds });
}

function applyIntents(holds: Record<string, AutoPromotionHold>, draft: Draft, seen: StageSeen): void {
  const last = draft.status.lastPromotion?.name ?? '';
  const newer = seen.promotions
    .filter(({ metadata, status }) => status?.phase !== 'Aborted' && compareNames(metadata.name, last) > 0)
    .sort((a, b) => compareNames(b.metadata.name, a.metadata.name));
  for (const { origin } of seen.object.spec.requestedFreight) {
    const key = formatOrigin(origin);
    for (const promotion of newer) {
      const intent = readIntent(promotion, seen);
      if (intent.holds?.origin === key) {
        holds[key] = intent.holds.hold;
        break;
      }
      if (intent.resumes === key) {
        delete holds[key];
        break;
      }
    }
  }
}
