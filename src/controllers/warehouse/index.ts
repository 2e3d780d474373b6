/**
 * The Warehouse controller: looks at the subscribed repositories and mints Freight of the newest artifacts.
 * It must never promote anything. Start reading at `observe.ts`, then `decide.ts`.
 */
export {
  createWarehouseController,
  type WarehouseControllerDeps,
  type WarehouseOptions,
} from './controller.ts';
export { criteriaFunctions, evaluateCriteria } from './criteria.ts';
export { warehouseErrors } from './errors.ts';
export type { EvaluateCriteria, WarehouseDone, WarehousePlan, WarehouseSeen } from './types.ts';
