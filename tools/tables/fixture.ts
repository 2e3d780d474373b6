import type { JsonObject } from '../../src/base/index.ts';
import type {
  ArtifactOrigin,
  FreightContents,
  Snapshot,
  StepRecord,
} from '../../src/domain/expressions/index.ts';
import type { Need } from '../../src/expr/index.ts';

/** A fixture of the function rows. */
export interface Fixture {
  readonly project: string;
  readonly sharedResourcesNamespace: string;
  readonly currentStepAlias: string;
  readonly stepMetas: readonly StepRecord[];
  readonly freightRequests: readonly { readonly origin: ArtifactOrigin }[];
  readonly freight: readonly FreightContents[];
  readonly warehouses?: readonly (JsonObject & {
    readonly name: string;
    readonly subscriptions: JsonObject[];
  })[];
  readonly configMaps?: readonly Named[];
  readonly secrets?: readonly Named[];
  readonly freightObjects?: readonly Named[];
  readonly stages?: readonly Named[];
}

interface Named {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: JsonObject;
  readonly data?: JsonObject;
  readonly metadata?: JsonObject;
  readonly status?: JsonObject;
}

/** A snapshot in which nothing is answered yet. */
export function snapshotOf(fixture: Fixture): Snapshot {
  return {
    project: fixture.project,
    sharedNamespace: fixture.sharedResourcesNamespace,
    requestedOrigins: fixture.freightRequests.map((request) => request.origin),
    freight: fixture.freight,
    answers: new Map(),
  };
}

/** What a reader finds for a need. */
export function answerNeed(fixture: Fixture, need: Need): JsonObject | null {
  const [namespace = '', name = ''] = need.key.split('/');
  const find = (list: readonly Named[] | undefined): Named | undefined =>
    list?.find((item) => item.name === name && (item.namespace ?? fixture.project) === namespace);
  switch (need.kind) {
    case 'warehouse': {
      const found = fixture.warehouses?.find((item) => item.name === name);
      return found === undefined ? null : { spec: { subscriptions: found.subscriptions } };
    }
    case 'configMap':
      return dataObject(find(fixture.configMaps));
    case 'secret':
      return dataObject(find(fixture.secrets));
    case 'freight':
      return statusObject(find(fixture.freightObjects));
    case 'stage':
      return statusObject(find(fixture.stages));
    default:
      return null;
  }
}

function dataObject(found: Named | undefined): JsonObject | null {
  return found === undefined ? null : { metadata: { labels: found.labels ?? {} }, data: found.data };
}

function statusObject(found: Named | undefined): JsonObject | null {
  return found === undefined ? null : { status: { ...found.status, metadata: found.metadata } };
}
