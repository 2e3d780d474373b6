import type { JsonObject } from '../../base/index.ts';
import type { Condition, KubeObject, ResourceType } from '../meta/index.ts';

/** The names under which the objects of a definition are served. */
export interface CustomResourceNames {
  readonly kind: string;
  readonly plural: string;
  readonly listKind?: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** A column that `kubectl get` prints. */
export interface CustomResourceColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
}

/** One version of a CustomResourceDefinition. */
export interface CustomResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly schema?: {
    /** A structural schema; `readStructuralSchema` checks it. */
    readonly openAPIV3Schema?: JsonObject;
  };
  readonly subresources?: { readonly status?: JsonObject; readonly scale?: JsonObject };
  readonly additionalPrinterColumns?: readonly CustomResourceColumn[];
}

/** A CustomResourceDefinition. */
export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly names: CustomResourceNames;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly versions: readonly CustomResourceVersion[];
    readonly preserveUnknownFields?: boolean;
    readonly conversion?: JsonObject;
  };
  readonly status?: {
    readonly conditions?: readonly Omit<Condition, 'observedGeneration'>[];
    readonly acceptedNames?: CustomResourceNames;
    readonly storedVersions?: readonly string[];
  };
}

/** CustomResourceDefinitions in the Kubernetes API. */
export const customResourceDefinitions: ResourceType<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};
