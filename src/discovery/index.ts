/**
 * Looks for new artifacts at registries, git and chart repositories, so that equal looks of all Warehouses are one.
 * It must never decide what Freight is made. Start reading at `images.ts`, `commits.ts` and `shared-scans.ts`.
 */
export { type ChartDiscovery, type ChartFindings, type ChartLook, createChartDiscovery } from './charts.ts';
export {
  type CommitDiscovery,
  type CommitFindings,
  type CommitLook,
  createCommitDiscovery,
} from './commits.ts';
export { discoveryErrors } from './errors.ts';
export {
  createImageDiscovery,
  type ImageDiscovery,
  type ImageDiscoveryOptions,
  type ImageFindings,
  type ImageLook,
} from './images.ts';
export { createSharedScans, type Question, type Scan, type SharedScans } from './shared-scans.ts';
