import type { Secret } from '../api/core/index.ts';
import { labelOf } from '../api/meta/index.ts';
import { labels } from '../api/v1alpha1/index.ts';
import { compileRe2 } from '../base/index.ts';
import { normalizeChartUrl, normalizeGitUrl, normalizeImageUrl } from '../domain/index.ts';
import type { CredentialKind } from '../ports/index.ts';

const normalizers: Readonly<Record<CredentialKind, (repoURL: string) => string>> = {
  git: normalizeGitUrl,
  helm: normalizeChartUrl,
  image: normalizeImageUrl,
};

/**
 * The Secret of a namespace that is for a repository: the first by name that matches.
 *
 * Source: Kargo's behavior; an expression is tried on the URL as written and in its normal form, and one that does not
 * compile matches nothing.
 */
export function findSecret(
  secrets: readonly Secret[],
  kind: CredentialKind,
  repoURL: string,
): Secret | undefined {
  const normalize = normalizers[kind];
  const normal = normalize(repoURL);
  return secrets
    .filter((secret) => labelOf(secret, labels.credentialType) === kind)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .find((secret) => {
      const pattern = readValue(secret, 'repoURL');
      if (pattern === undefined || pattern === '') return false;
      if (readValue(secret, 'repoURLIsRegex') !== 'true') return normalize(pattern) === normal;
      const compiled = compileRe2(pattern);
      return compiled.ok && (compiled.re2.test(repoURL) || compiled.re2.test(normal));
    });
}

/** A value of a Secret as text. */
export function readValue(secret: Secret, key: string): string | undefined {
  const encoded = secret.data !== undefined && Object.hasOwn(secret.data, key) ? secret.data[key] : undefined;
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
}
