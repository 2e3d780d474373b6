import { type AutoPromotionPolicy, readAutoPromotionPolicy } from '../../../domain/index.ts';
import type { StageSeen } from '../types.ts';

/** Do promotions to this Stage start by themselves? */
export function policyOf(seen: StageSeen): AutoPromotionPolicy {
  const { name, labels } = seen.object.metadata;
  return readAutoPromotionPolicy(seen.projectConfig?.spec?.promotionPolicies, { name, labels });
}
