/**
 * Semantic versions and constraints as Masterminds semver v3 reads them, which is what Kargo's manifests mean.
 * Pure. Start reading at `version.ts`, then `constraint.ts`.
 */
export { type Constraint, meetsConstraint, parseConstraint } from './constraint.ts';
export {
  compareVersions,
  formatVersion,
  incrementVersion,
  parseVersion,
  sortVersions,
  type Version,
} from './version.ts';
