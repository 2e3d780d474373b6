/** What the API server may do with an object that a webhook is asked about. */
export type WebhookOperation = 'CREATE' | 'UPDATE' | 'DELETE';

/** One kind that webhooks are asked about, and when. */
export interface Registration {
  /** As in names and paths, e.g. "promotiontask". */
  readonly name: string;
  readonly plural: string;
  readonly mutating: readonly WebhookOperation[];
  readonly validating: readonly WebhookOperation[];
  /** Does validation cover the status sub-resource as well? */
  readonly validatesStatus: boolean;
  /** Does a validation do something besides? */
  readonly hasSideEffects: boolean;
}

const onWrite = ['CREATE', 'UPDATE'] as const;
const always = ['CREATE', 'UPDATE', 'DELETE'] as const;

/** All webhooks. Names, paths and rules are Kargo's. */
export const registrations: readonly Registration[] = [
  register('clusterpromotiontask', 'clusterpromotiontasks', { validating: onWrite }),
  register('freight', 'freights', { mutating: onWrite, validating: always, validatesStatus: true }),
  register('project', 'projects', { validating: onWrite, hasSideEffects: true }),
  register('projectconfig', 'projectconfigs', { validating: onWrite, hasSideEffects: true }),
  register('promotion', 'promotions', { mutating: onWrite, validating: always }),
  register('promotiontask', 'promotiontasks', { validating: onWrite }),
  register('stage', 'stages', { mutating: onWrite, validating: onWrite }),
  register('warehouse', 'warehouses', { mutating: onWrite, validating: onWrite }),
];

/** The path of a webhook: "/mutate-kargo-akuity-io-v1alpha1-stage". */
export function webhookPath(verb: 'mutate' | 'validate', name: string): string {
  return `/${verb}-kargo-akuity-io-v1alpha1-${name}`;
}

function register(name: string, plural: string, rest: Partial<Registration>): Registration {
  const nothing = { mutating: [], validating: [], validatesStatus: false, hasSideEffects: false };
  return { name, plural, ...nothing, ...rest };
}
