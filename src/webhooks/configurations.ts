import type {
  AdmissionWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
  WebhookClientConfig,
} from '../api/core/index.ts';
import { kargoGroup, kargoVersion } from '../api/v1alpha1/index.ts';
import { type Registration, registrations, type WebhookOperation, webhookPath } from './registrations.ts';

/** Where the API server finds the webhooks. */
export interface WebhookAddress {
  readonly at:
    | { readonly kind: 'url'; readonly url: string }
    | {
        readonly kind: 'service';
        readonly namespace: string;
        readonly name: string;
        readonly port: number;
      };
  /** The CA that signed the server's certificate; PEM in base64. Absent: the API server's own roots. */
  readonly caBundle: string | undefined;
}

// Kargo's name, so that an installation that changes over has one configuration and not two.
const configurationName = 'kargo';
const timeoutSeconds = 10;

/** The two objects that make an API server ask the webhooks. */
export function webhookConfigurations(address: WebhookAddress): {
  readonly mutating: MutatingWebhookConfiguration;
  readonly validating: ValidatingWebhookConfiguration;
} {
  const common = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: configurationName } };
  const asked = (verb: 'mutating' | 'validating') => registrations.filter((item) => item[verb].length > 0);
  return {
    mutating: {
      ...common,
      kind: 'MutatingWebhookConfiguration',
      webhooks: asked('mutating').map((item) => ({
        ...toWebhook(item, address, 'mutate'),
        reinvocationPolicy: 'Never' as const,
      })),
    },
    validating: {
      ...common,
      kind: 'ValidatingWebhookConfiguration',
      webhooks: asked('validating').map((item) => toWebhook(item, address, 'validate')),
    },
  };
}

function toWebhook(
  registration: Registration,
  address: WebhookAddress,
  verb: 'mutate' | 'validate',
): AdmissionWebhook {
  const { name, plural, mutating, validating, validatesStatus, hasSideEffects } = registration;
  const operations: readonly WebhookOperation[] = verb === 'mutate' ? mutating : validating;
  const resources = verb === 'validate' && validatesStatus ? [plural, `${plural}/status`] : [plural];
  return {
    name: `${name}.kargo.akuity.io`,
    clientConfig: toClientConfig(address, webhookPath(verb, name)),
    rules: [{ apiGroups: [kargoGroup], apiVersions: [kargoVersion], resources, operations }],
    failurePolicy: 'Fail',
    sideEffects: hasSideEffects ? 'NoneOnDryRun' : 'None',
    timeoutSeconds,
    admissionReviewVersions: ['v1'],
  };
}

function toClientConfig({ at, caBundle }: WebhookAddress, path: string): WebhookClientConfig {
  const trust = caBundle === undefined ? {} : { caBundle };
  if (at.kind === 'url') return { url: `${at.url.replace(/\/$/, '')}${path}`, ...trust };
  return { service: { namespace: at.namespace, name: at.name, port: at.port, path }, ...trust };
}
