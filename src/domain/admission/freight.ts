import { type Freight, labels, parseSubscription, type Warehouse } from '../../api/v1alpha1/index.ts';
import { equalJson } from '../../base/index.ts';
import { freightEvent, kubernetesActor } from '../events.ts';
import { chartKey, formatOrigin, freightName, mintedAtAnnotation } from '../freight/index.ts';
import { formatPreciseTime, formatTime } from '../time.ts';
import { normalizeGitUrl } from '../urls/index.ts';
import { allow, deny, invalid, required, type Subject, wrongValue } from './answers.ts';
import { checkProject, withAnnotation, withLabel } from './shared-rules.ts';
import type { AdmissionRequest, Cause, Defaulted, NamespaceFact, Validated } from './types.ts';

/** What must be known to complete a Freight. */
export interface FreightDefaultFacts {
  readonly nowMs: number;
  /** An alias that no Freight has yet, for one that comes without. */
  readonly freshAlias: string;
}

/** What must be known to validate a Freight. */
export interface FreightFacts {
  readonly namespace: NamespaceFact | undefined;
  readonly warehouse: Warehouse | undefined;
  /** Names of other Freight in the namespace with the same alias. */
  readonly aliasOwners: readonly string[];
  /** Stages that run the Freight now; only needed for a deletion. */
  readonly usedBy: readonly string[];
}

const component = 'freight-webhook';
const contentMembers = ['origin', 'commits', 'images', 'charts', 'artifacts'] as const;

/** Gives the Freight the name of its content, the time of its discovery, and an alias with its label. */
export function defaultFreight(
  request: AdmissionRequest<Freight>,
  facts: FreightDefaultFacts,
): Defaulted<Freight> {
  let freight = request.object;
  const isNew = request.operation === 'CREATE';
  if (isNew) {
    freight = { ...freight, metadata: { ...freight.metadata, name: freightName(freight) } };
    // Also when the discovery is dated, as the Warehouse controller does, in whole seconds; what is restored keeps its own.
    if (freight.metadata.annotations?.[mintedAtAnnotation] === undefined)
      freight = withAnnotation(freight, mintedAtAnnotation, formatPreciseTime(facts.nowMs));
  }
  if (freight.discoveredAt === undefined || freight.discoveredAt === '') {
    const discoveredAt = freight.metadata.creationTimestamp ?? formatTime(facts.nowMs);
    freight = { ...freight, discoveredAt };
  }
  const hasAlias = freight.alias !== undefined && freight.alias !== '';
  if (!hasAlias && isNew) freight = { ...freight, alias: facts.freshAlias };
  return { kind: 'allowed', object: withLabel(freight, labels.alias, freight.alias) };
}

/** Checks a Freight when it is made, protects its content when it changes, and keeps it while a Stage runs it. */
export function validateFreight(request: AdmissionRequest<Freight>, facts: FreightFacts): Validated {
  const subject = { kind: 'Freight', name: request.object.metadata.name };
  if (request.operation === 'DELETE') return validateDeletion(subject, facts.usedBy);
  const [owner] = facts.aliasOwners;
  if (owner !== undefined) {
    const message = `alias "${request.object.alias ?? ''}" is taken by Freight "${owner}"`;
    return deny({ code: 409, reason: 'Conflict', message, causes: [] });
  }
  if (request.operation === 'UPDATE') return validateUpdate(request, subject);
  return validateNew(request.object, subject, facts);
}

function validateNew(freight: Freight, subject: Subject, facts: FreightFacts): Validated {
  const refused = checkProject(subject, freight.metadata.namespace ?? '', facts.namespace);
  if (refused !== undefined) return refused;
  const { commits = [], images = [], charts = [], artifacts = [] } = freight;
  if (commits.length + images.length + charts.length + artifacts.length === 0)
    return invalid(subject, [
      required('', 'Freight must contain at least one commit, image, chart or artifact'),
    ]);
  if (facts.warehouse === undefined) {
    const problem = `Warehouse "${freight.origin.name}" does not exist in this namespace`;
    return invalid(subject, [wrongValue('origin.name', freight.origin.name, problem)]);
  }
  const causes = compareWithSubscriptions(freight, facts.warehouse);
  return causes.length > 0 ? invalid(subject, causes) : allow();
}

function validateUpdate(request: AdmissionRequest<Freight>, subject: Subject): Validated {
  const { object, oldObject, requester } = request;
  if (oldObject === undefined) return allow();
  for (const member of contentMembers) {
    if (!equalJson(object[member] ?? [], oldObject[member] ?? []))
      return invalid(subject, [wrongValue(member, subject.name, 'Freight is immutable')]);
  }
  if (requester.isControlPlane || request.isDryRun) return allow();
  const approved = Object.keys(object.status?.approvedFor ?? {}).filter(
    (stage) => !Object.hasOwn(oldObject.status?.approvedFor ?? {}, stage),
  );
  const actor = kubernetesActor(requester.username);
  const events = approved.map((stage) =>
    freightEvent(object, {
      reason: 'FreightApproved',
      message: `Freight approved for Stage "${stage}" by "${actor}"`,
      component,
      actor,
      stage,
    }),
  );
  return allow({ events });
}

function validateDeletion(subject: Subject, usedBy: readonly string[]): Validated {
  if (usedBy.length === 0) return allow();
  const stages = usedBy.map((stage) => `"${stage}"`).join(', ');
  const message = `freight "${subject.name}" is in use by Stages (${stages}) and cannot be deleted`;
  return deny({ code: 403, reason: 'Forbidden', message, causes: [] });
}

/** Every artifact belongs to a subscription, and every subscription is represented exactly once. */
function compareWithSubscriptions(freight: Freight, warehouse: Warehouse): readonly Cause[] {
  const wanted = new Map<string, number>();
  for (const value of warehouse.spec.subscriptions) {
    const result = parseSubscription(value);
    if (!result.ok || result.subscription.kind === 'generic') continue;
    const { subscription } = result;
    if (subscription.kind === 'git') wanted.set(gitKey(subscription.git.repoURL), 0);
    else if (subscription.kind === 'image') wanted.set(imageKey(subscription.image.repoURL), 0);
    else wanted.set(chartArtifactKey(subscription.chart), 0);
  }
  const origin = formatOrigin(freight.origin);
  const causes: Cause[] = [];
  const count = (field: string, key: string): void => {
    const found = wanted.get(key);
    if (found === undefined)
      causes.push(wrongValue(field, describeKey(key), `no subscription of ${origin} is for this repository`));
    else if (found > 0) causes.push(wrongValue(field, describeKey(key), 'stands in this Freight already'));
    wanted.set(key, (found ?? 0) + 1);
  };
  for (const [index, commit] of (freight.commits ?? []).entries())
    count(`commits[${index}]`, gitKey(commit.repoURL ?? ''));
  for (const [index, image] of (freight.images ?? []).entries())
    count(`images[${index}]`, imageKey(image.repoURL ?? ''));
  for (const [index, chart] of (freight.charts ?? []).entries())
    count(`charts[${index}]`, chartArtifactKey(chart));
  for (const [key, found] of wanted) {
    if (found === 0)
      causes.push(required('', `no artifact for ${describeKey(key)}, which ${origin} subscribes to`));
  }
  return causes;
}

function gitKey(repoURL: string): string {
  return `git ${normalizeGitUrl(repoURL)}`;
}

/** Images are compared as written: their addresses are part of the Freight's name as written, too. */
function imageKey(repoURL: string): string {
  return `image ${repoURL}`;
}

function chartArtifactKey(chart: { readonly repoURL?: string; readonly name?: string }): string {
  return `chart ${chartKey(chart.repoURL ?? '', chart.name ?? '')}`;
}

function describeKey(key: string): string {
  return key.replace(' ', ' repository ');
}
