import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import type { HealthStatus } from '../report.ts';
import {
  type ApplicationView,
  isReconciledAfterOperation,
  sourcesOf,
  syncedRevisions,
} from './application.ts';

/** One Application that a health check asks about; a desired revision that is empty is not compared. */
export interface ApplicationCriterion {
  readonly name: string;
  readonly namespace: string;
  readonly desiredRevisions: readonly string[];
}

/** What a health check found. */
export interface HealthFinding {
  readonly status: HealthStatus;
  readonly issues: readonly string[];
}

/** What a look at the Applications of one health check gives. */
export interface ApplicationsHealth extends HealthFinding {
  readonly output: JsonObject;
  /** Applications whose state is older than their last operation; a hard refresh brings them up to date. */
  readonly stale: readonly { readonly namespace: string; readonly name: string }[];
}

const severity: Readonly<Record<HealthStatus, number>> = {
  Healthy: 0,
  NotApplicable: 1,
  Progressing: 2,
  Unknown: 3,
  Unhealthy: 4,
};

/** The more severe of two health states. */
export function mergeHealth(a: HealthStatus, b: HealthStatus): HealthStatus {
  return severityOf(a) >= severityOf(b) ? a : b;
}

/** A state that has not been told is milder than any. */
function severityOf(status: string): number {
  return Object.entries(severity).find(([name]) => name === status)?.[1] ?? -1;
}

/** The Applications that the config of a health check names; entries without a name are dropped. */
export function readCriteria(config: JsonObject, defaultNamespace: string): readonly ApplicationCriterion[] {
  const apps = config['apps'];
  if (!Array.isArray(apps)) return [];
  return apps.flatMap((app: JsonValue) => {
    if (!isJsonObject(app) || typeof app['name'] !== 'string' || app['name'] === '') return [];
    const namespace = app['namespace'];
    const revisions = app['desiredRevisions'];
    return [
      {
        name: app['name'],
        namespace: typeof namespace === 'string' && namespace !== '' ? namespace : defaultNamespace,
        desiredRevisions: Array.isArray(revisions)
          ? revisions.map((revision: JsonValue) => (typeof revision === 'string' ? revision : ''))
          : [],
      },
    ];
  });
}

/**
 * The health of a Stage as its Applications tell it: the most severe state, all issues.
 *
 * Source: Kargo's rules (conformance table argocd-health).
 */
export function evaluateApplications(
  criteria: readonly ApplicationCriterion[],
  find: (namespace: string, name: string) => ApplicationView | undefined,
): ApplicationsHealth {
  let status: HealthStatus = 'Healthy';
  const issues: string[] = [];
  const stale: { readonly namespace: string; readonly name: string }[] = [];
  const statuses: JsonValue[] = [];
  for (const criterion of criteria) {
    const { namespace, name } = criterion;
    const application = find(namespace, name);
    const finding = evaluateApplication(criterion, application);
    status = mergeHealth(status, finding.status);
    issues.push(...finding.issues);
    if (application !== undefined && !isReconciledAfterOperation(application))
      stale.push({ namespace, name });
    statuses.push(describeApplication(criterion, application));
  }
  return { status, issues, stale, output: { applicationStatuses: statuses } };
}

/** The health of one Application against what is wanted of it; `undefined` when it was not found. */
export function evaluateApplication(
  criterion: ApplicationCriterion,
  application: ApplicationView | undefined,
): HealthFinding {
  const title = `Argo CD Application "${criterion.name}" in namespace "${criterion.namespace}"`;
  if (application === undefined) return unknown(`unable to find ${title}`);
  if (!isReconciledAfterOperation(application)) {
    return unknown(
      `${title} was not reconciled after its most recent operation completed; Application health status not trusted`,
    );
  }
  const errors = (application.status?.conditions ?? []).filter(
    ({ type }) => type === 'ComparisonError' || type === 'InvalidSpecError',
  );
  if (errors.length > 0) {
    const issues = errors.map(({ type, message }) => `${title} has "${type}" condition: ${message ?? ''}`);
    return { status: 'Unhealthy', issues };
  }
  const outOfSync = compareRevisions(criterion, application, title);
  return outOfSync ?? evaluateHealthStatus(application.status?.health?.status ?? '', title);
}

/** What is wrong with the synced revisions; `undefined` when they are as desired or nothing is desired. */
function compareRevisions(
  criterion: ApplicationCriterion,
  application: ApplicationView,
  title: string,
): HealthFinding | undefined {
  const desired = criterion.desiredRevisions;
  if (!desired.some((revision) => revision !== '')) return undefined;
  const isSyncing =
    application.operation?.sync !== undefined || application.status?.operationState?.finishedAt === undefined;
  if (isSyncing) return unknown(`${title} is being synced`);
  const sources = sourcesOf(application);
  if (sources.length !== desired.length)
    return unknown(`${title} has ${sources.length} sources but ${desired.length} desired revisions`);
  const observed = syncedRevisions(application);
  if (observed.length !== desired.length)
    return unknown(
      `${title} has ${observed.length} observed revisions but ${desired.length} desired revisions`,
    );
  const app = `Application "${criterion.name}" in namespace "${criterion.namespace}"`;
  const issues = desired.flatMap((revision, index) =>
    revision === '' || revision === observed[index]
      ? []
      : [
          `Source ${index} with RepoURL ${sources[index]?.repoURL ?? ''} of ${app} does not match the desired revision "${revision}".`,
        ],
  );
  if (issues.length === 0) return undefined;
  const issue = `Not all sources of ${app} are synced to the desired revisions. Issues: ${issues.join('; ')}`;
  return { status: 'Unhealthy', issues: [issue] };
}

function evaluateHealthStatus(health: string, title: string): HealthFinding {
  switch (health) {
    case 'Healthy':
      return { status: 'Healthy', issues: [] };
    case 'Progressing':
    case '':
      return { status: 'Progressing', issues: [`${title} is progressing`] };
    case 'Suspended':
      return { status: 'Progressing', issues: [`${title} is suspended`] };
    default:
      return { status: 'Unhealthy', issues: [`${title} has health state "${health}"`] };
  }
}

/** The status of an Application as a Stage's health shows it, without times that would change on every look. */
function describeApplication(
  criterion: ApplicationCriterion,
  application: ApplicationView | undefined,
): JsonObject {
  const { reconciledAt: _, ...status } = application?.status ?? {};
  const conditions = status.conditions?.map(({ type, message }) => ({ type, message: message ?? '' }));
  return {
    Namespace: criterion.namespace,
    Name: criterion.name,
    ...(status.health === undefined ? {} : { health: { status: status.health.status ?? '' } }),
    ...(status.sync === undefined ? {} : { sync: describeSync(status.sync) }),
    ...(status.operationState === undefined || status.operationState === null
      ? {}
      : { operationState: describeOperation(status.operationState) }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

function describeSync(sync: NonNullable<ApplicationView['status']>['sync'] & object): JsonObject {
  return withoutUndefined({ status: sync.status, revision: sync.revision, revisions: sync.revisions });
}

function describeOperation(operation: { readonly phase?: string; readonly finishedAt?: string }): JsonObject {
  return withoutUndefined({ phase: operation.phase, finishedAt: operation.finishedAt });
}

function withoutUndefined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function unknown(issue: string): HealthFinding {
  return { status: 'Unknown', issues: [issue] };
}
