import type { EventDraft } from '../report.ts';

/** What is done to the object. */
export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE';

/** Who asks. */
export interface Requester {
  readonly username: string;
  readonly groups: readonly string[];
  /** Is it a component of the control plane, trusted to speak for others? */
  readonly isControlPlane: boolean;
}

/** One request as all rules see it. `object` is the new one; for a deletion, the one that goes. */
export interface AdmissionRequest<T> {
  readonly operation: AdmissionOperation;
  readonly object: T;
  /** Only with UPDATE. */
  readonly oldObject: T | undefined;
  readonly requester: Requester;
  readonly isDryRun: boolean;
  /** "status" when the status sub-resource is written. */
  readonly subresource: string | undefined;
}

/** One thing wrong, at a field. */
export interface Cause {
  /** As "spec.steps[0].as". */
  readonly field: string;
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueDuplicate' | 'FieldValueForbidden';
  readonly message: string;
}

/** Why a request is refused, as a Kubernetes status says it. */
export interface Denial {
  readonly code: 403 | 404 | 409 | 422 | 500;
  readonly reason: 'Forbidden' | 'NotFound' | 'Conflict' | 'Invalid' | 'InternalError';
  readonly message: string;
  readonly causes: readonly Cause[];
}

/** Something to be done before the answer is given. */
export type AdmissionEffect = { readonly kind: 'ensure-namespace'; readonly name: string };

/** The answer of a defaulting function: the object as it should be stored. */
export type Defaulted<T> =
  | { readonly kind: 'allowed'; readonly object: T }
  | { readonly kind: 'denied'; readonly denial: Denial };

/** The answer of a validating function. */
export type Validated =
  | {
      readonly kind: 'allowed';
      /** Sentences that the client shows to its user. */
      readonly warnings: readonly string[];
      readonly effects: readonly AdmissionEffect[];
      readonly events: readonly EventDraft[];
    }
  | { readonly kind: 'denied'; readonly denial: Denial };

/** What is known about the namespace of a request; `undefined` when it does not exist. */
export interface NamespaceFact {
  readonly isProject: boolean;
  readonly isTerminating: boolean;
}
