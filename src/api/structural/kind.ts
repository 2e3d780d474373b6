import type { z } from 'zod';

/** A column that `kubectl get` prints for a kind. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'date' | 'integer' | 'boolean' | 'number';
  /** A simple JSON path below the object, e.g. ".spec.shard". */
  readonly jsonPath: string;
  /** Columns above 0 are shown by `kubectl get -o wide` only. */
  readonly priority?: number;
}

/** All that a CustomResourceDefinition and a reference page say about one kind. */
export interface KindDefinition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** One or two sentences: what an object of this kind is. */
  readonly description: string;
  /** The members beside `apiVersion`, `kind` and `metadata`: usually `spec` and `status`. */
  readonly members: z.ZodObject;
  /** Is the status written through its own sub-resource? */
  readonly hasStatus: boolean;
  readonly printerColumns: readonly PrinterColumn[];
}

/** One rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  /** A CEL expression over `self` and, for transition rules, `oldSelf`. */
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  /** One of the cause reasons that Kubernetes knows; "FieldValueInvalid" without it. */
  readonly reason?: string;
  /** A path below the place of the rule, e.g. ".stage", to report the problem at. */
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}
