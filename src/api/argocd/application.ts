import * as z from 'zod';
import type { JsonObject } from '../../base/index.ts';
import type { CustomResourceDefinition } from '../core/index.ts';
import type { KubeObject, ResourceType } from '../meta/index.ts';

/**
 * Applications of Argo CD: the fields that promotions read and write. Everything else in an Application passes through
 * untouched, so every object here is open; nothing is required but what Argo CD requires.
 * Source: Argo CD's Application resource.
 */

const kustomize = z.looseObject({
  /** Overrides such as "ghcr.io/a/b=ghcr.io/c/d:tag". */
  images: z.array(z.string()).optional(),
});

const helmParameter = z.looseObject({
  name: z.string().optional(),
  value: z.string().optional(),
  forceString: z.boolean().optional(),
});

const helm = z.looseObject({
  parameters: z.array(helmParameter).optional(),
  valueFiles: z.array(z.string()).optional(),
});

const source = z.looseObject({
  repoURL: z.string(),
  path: z.string().optional(),
  chart: z.string().optional(),
  targetRevision: z.string().optional(),
  ref: z.string().optional(),
  kustomize: kustomize.optional(),
  helm: helm.optional(),
});

const retry = z.looseObject({ limit: z.number().optional() });

const info = z.looseObject({ name: z.string(), value: z.string() });

const operation = z.looseObject({
  initiatedBy: z
    .looseObject({ username: z.string().optional(), automated: z.boolean().optional() })
    .optional(),
  info: z.array(info).optional(),
  sync: z
    .looseObject({
      revision: z.string().optional(),
      revisions: z.array(z.string()).optional(),
      syncOptions: z.array(z.string()).optional(),
    })
    .optional(),
  retry: retry.optional(),
});

const spec = z.looseObject({
  project: z.string().optional(),
  source: source.optional(),
  sources: z.array(source).optional(),
  destination: z
    .looseObject({
      server: z.string().optional(),
      name: z.string().optional(),
      namespace: z.string().optional(),
    })
    .optional(),
  syncPolicy: z
    .looseObject({
      syncOptions: z.array(z.string()).optional(),
      retry: retry.optional(),
      automated: z.looseObject({}).optional(),
    })
    .optional(),
});

/** The phases of an operation of Argo CD; Failed, Error and Succeeded are final. */
export type OperationPhase = 'Running' | 'Terminating' | 'Failed' | 'Error' | 'Succeeded';

const operationState = z.looseObject({
  operation: operation.optional(),
  phase: z.string().optional(),
  message: z.string().optional(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  syncResult: z
    .looseObject({ revision: z.string().optional(), revisions: z.array(z.string()).optional() })
    .optional(),
});

const condition = z.looseObject({
  type: z.string(),
  message: z.string().optional(),
  lastTransitionTime: z.string().optional(),
});

const historyEntry = z.looseObject({
  id: z.number().optional(),
  revision: z.string().optional(),
  revisions: z.array(z.string()).optional(),
  deployedAt: z.string().optional(),
});

const status = z.looseObject({
  health: z.looseObject({ status: z.string().optional(), message: z.string().optional() }).optional(),
  sync: z
    .looseObject({
      status: z.string().optional(),
      revision: z.string().optional(),
      revisions: z.array(z.string()).optional(),
    })
    .optional(),
  operationState: operationState.nullable().optional(),
  conditions: z.array(condition).optional(),
  reconciledAt: z.string().optional(),
  summary: z
    .looseObject({ images: z.array(z.string()).optional(), externalURLs: z.array(z.string()).optional() })
    .optional(),
  history: z.array(historyEntry).optional(),
});

/** Reads the members of an Application that promotions use; unknown members are kept. */
export const application = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
  spec: spec.optional(),
  operation: operation.nullable().optional(),
  status: status.optional(),
});

/** One place that an Application takes manifests from. */
export interface ApplicationSource {
  readonly repoURL: string;
  readonly path?: string;
  readonly chart?: string;
  readonly targetRevision?: string;
  readonly ref?: string;
  readonly kustomize?: { readonly images?: readonly string[] };
  readonly helm?: {
    readonly parameters?: readonly HelmParameter[];
    readonly valueFiles?: readonly string[];
  };
}

/** One value that Argo CD hands to Helm. */
export interface HelmParameter {
  readonly name?: string;
  readonly value?: string;
  readonly forceString?: boolean;
}

/** What an Application is to be. */
export interface ApplicationSpec {
  readonly project?: string;
  readonly source?: ApplicationSource;
  readonly sources?: readonly ApplicationSource[];
  readonly destination?: { readonly server?: string; readonly name?: string; readonly namespace?: string };
  readonly syncPolicy?: {
    readonly syncOptions?: readonly string[];
    readonly retry?: JsonObject;
    readonly automated?: JsonObject;
  };
}

/** A sync that is asked for. */
export interface ApplicationOperation {
  readonly initiatedBy?: { readonly username?: string; readonly automated?: boolean };
  readonly info?: readonly { readonly name: string; readonly value: string }[];
  readonly sync?: {
    readonly revision?: string;
    readonly revisions?: readonly string[];
    readonly syncOptions?: readonly string[];
  };
  readonly retry?: JsonObject;
}

/** How the last operation goes or went. */
export interface ApplicationOperationState {
  readonly operation?: ApplicationOperation;
  readonly phase?: OperationPhase;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly syncResult?: { readonly revision?: string; readonly revisions?: readonly string[] };
}

/** How an Application is. Times are RFC 3339 in UTC. */
export interface ApplicationStatus {
  readonly health?: {
    readonly status?: string;
    readonly message?: string;
    readonly lastTransitionTime?: string;
  };
  readonly sync?: {
    readonly status?: string;
    readonly revision?: string;
    readonly revisions?: readonly string[];
  };
  readonly operationState?: ApplicationOperationState | null;
  readonly conditions?: readonly {
    readonly type: string;
    readonly message?: string;
    readonly lastTransitionTime?: string;
  }[];
  readonly reconciledAt?: string;
  readonly summary?: { readonly images?: readonly string[]; readonly externalURLs?: readonly string[] };
  readonly history?: readonly {
    readonly id?: number;
    readonly revision?: string;
    readonly revisions?: readonly string[];
    readonly deployedAt?: string;
  }[];
}

/** An Application of Argo CD; the status is written with the object, there is no sub-resource. */
export interface Application extends KubeObject {
  readonly spec?: ApplicationSpec;
  /** Asks for a sync; Argo CD removes it when it starts. */
  readonly operation?: ApplicationOperation | null;
  readonly status?: ApplicationStatus;
}

/** Applications in the Kubernetes API. */
export const applications: ResourceType<Application> = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Application',
  plural: 'applications',
  namespaced: true,
};

const open: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** An open definition of Applications for places where Argo CD itself is not installed. */
export const applicationDefinition: CustomResourceDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'applications.argoproj.io' },
  spec: {
    group: 'argoproj.io',
    names: {
      kind: 'Application',
      listKind: 'ApplicationList',
      plural: 'applications',
      shortNames: ['app', 'apps'],
      singular: 'application',
    },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: {},
        additionalPrinterColumns: [
          { name: 'Sync Status', type: 'string', jsonPath: '.status.sync.status' },
          { name: 'Health Status', type: 'string', jsonPath: '.status.health.status' },
          { name: 'Revision', type: 'string', jsonPath: '.status.sync.revision', priority: 10 },
          { name: 'Project', type: 'string', jsonPath: '.spec.project', priority: 10 },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['metadata', 'spec'],
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: open,
              operation: open,
              status: open,
            },
          },
        },
      },
    ],
  },
};

/** Annotations of Argo CD that promotions write. */
export const argocdAnnotations = {
  /** "normal" or "hard" asks for a fresh look at the repository; Argo CD removes it when done. */
  refresh: 'argocd.argoproj.io/refresh',
} as const;

/** Name of the entry in `operation.info` that says which Promotion asked for the sync. */
export const promotionInfoName = 'kargo.akuity.io/promotion';
