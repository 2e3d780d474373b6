import type { PromotionPolicy } from '../../api/v1alpha1/index.ts';
import { matchLabels, matchName } from './selector.ts';

/** Whether promotions to a Stage start by themselves, or why that cannot be told. */
export type AutoPromotionPolicy =
  | { readonly ok: true; readonly isEnabled: boolean }
  | { readonly ok: false; readonly problem: string };

/**
 * Do promotions to this Stage start by themselves? The first policy that matches decides; without one, they do not.
 *
 * A name pattern or label operator that cannot be read makes the answer unknown, even when a later policy would match.
 */
export function readAutoPromotionPolicy(
  policies: readonly PromotionPolicy[] | undefined,
  stage: { readonly name: string; readonly labels: Readonly<Record<string, string>> | undefined },
): AutoPromotionPolicy {
  for (const policy of policies ?? []) {
    const { stageSelector } = policy;
    // The member `stage` is deprecated; where both stand, the selector's name is what counts.
    const byName = matchName(stageSelector?.name ?? policy.stage, stage.name);
    if (!byName.ok) return byName;
    if (!byName.matches) continue;
    const byLabels = matchLabels(stageSelector, stage.labels ?? {});
    if (!byLabels.ok) return byLabels;
    if (byLabels.matches) return { ok: true, isEnabled: policy.autoPromotionEnabled === true };
  }
  return { ok: true, isEnabled: false };
}
