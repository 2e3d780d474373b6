/**
 * What all Kubernetes objects share: metadata, keys, conditions, and the description of a resource type.
 * Pure data and pure functions over it; it knows no kind of its own. Start reading at `object.ts`.
 */
export {
  type Condition,
  type ConditionStatus,
  findCondition,
  removeCondition,
  setCondition,
} from './conditions.ts';
export {
  annotationOf,
  type KubeList,
  type KubeObject,
  keyOf,
  keyText,
  labelOf,
  type ObjectKey,
  type ObjectMeta,
  type OwnerReference,
  parseKeyText,
} from './object.ts';
export { apiVersionOf, type ResourceType, resourcePath } from './resource.ts';
