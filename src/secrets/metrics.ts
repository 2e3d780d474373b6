import { LRUCache } from 'lru-cache';
import type { CredentialLevel, CredentialUse, MetricDeclaration, Metrics } from '../ports/index.ts';

/** Counts how often credentials were looked for, by where they came from. */
export const credentialUsesMetric: MetricDeclaration<'source' | 'outcome'> = {
  name: 'gantry_credential_uses_total',
  help: 'Credentials looked for, by the source that served and what came of it',
  labels: ['source', 'outcome'],
};

/** Tells when the first of the credentials in use ends. */
export const credentialExpiryMetric: MetricDeclaration<'source'> = {
  name: 'gantry_credential_earliest_expiry_timestamp_seconds',
  help: 'When the first of the credentials in use ends, by source; 0 where none is known to end',
  labels: ['source'],
};

/** Tells whether the newest configuration of registries is in force. */
export const registriesAcceptedMetric: MetricDeclaration<never> = {
  name: 'gantry_registries_configuration_accepted',
  help: '1 when the newest configuration of registries is in force, 0 when an earlier one still is',
  labels: [],
};

/** Records uses. */
export interface CredentialMetrics {
  record(source: CredentialLevel | 'none', use: CredentialUse): void;
}

const maxIdentities = 1_000;
/** An identity that nobody has used for so long is not counted any more. */
const forgetAfterMs = 24 * 3_600_000;

/** Creates the recorder. */
export function createCredentialMetrics(metrics: Metrics | undefined): CredentialMetrics {
  const uses = metrics?.counter(credentialUsesMetric);
  const expiry = metrics?.gauge(credentialExpiryMetric);
  const known = new LRUCache<string, { readonly source: string; readonly use: CredentialUse }>({
    max: maxIdentities,
  });
  return {
    record(source, use) {
      uses?.add({ source, outcome: use.outcome });
      if (expiry === undefined || use.identity === undefined || use.outcome === 'failed') return;
      known.set(use.identity, { source, use });
      const ends = [...known.values()].flatMap((one) =>
        one.source === source && use.atMs - one.use.atMs < forgetAfterMs ? (one.use.expiresAtMs ?? []) : [],
      );
      expiry.set({ source }, ends.length === 0 ? 0 : Math.floor(Math.min(...ends) / 1000));
    },
  };
}
