import type { Promotion } from '../../api/v1alpha1/index.ts';

/** Index of Promotions, ended ones too, by "namespace/name" of their Stage. */
export const ofStageIndex = 'of-stage';

/** Indexes that the cache has to keep for Promotions. */
export const stageIndexes: Readonly<Record<string, (promotion: Promotion) => readonly string[]>> = {
  [ofStageIndex]: ({ metadata, spec }) => [`${metadata.namespace}/${spec.stage}`],
};
