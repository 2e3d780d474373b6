import type { KindDefinition } from '../structural/index.ts';
import { clusterConfigKind } from './cluster-config/schema.ts';
import { clusterPromotionTaskKind } from './cluster-promotion-task/schema.ts';
import { freightKind } from './freight/schema.ts';
import { projectKind } from './project/schema.ts';
import { projectConfigKind } from './project-config/schema.ts';
import { promotionKind } from './promotion/schema.ts';
import { promotionRequestKind } from './promotion-request/schema.ts';
import { promotionTaskKind } from './promotion-task/schema.ts';
import { stageKind } from './stage/schema.ts';
import { targetKind } from './target/schema.ts';
import { warehouseKind } from './warehouse/schema.ts';

/** All kinds of Kargo's API group, by name. */
export const kargoKinds: readonly KindDefinition[] = [
  clusterConfigKind,
  clusterPromotionTaskKind,
  freightKind,
  projectKind,
  projectConfigKind,
  promotionKind,
  promotionRequestKind,
  promotionTaskKind,
  stageKind,
  targetKind,
  warehouseKind,
];
