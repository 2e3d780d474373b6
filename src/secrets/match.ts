import type { Secret } from '../api/core/index.ts';
import { labelOf } from '../api/meta/index.ts';
import { labels } from '../api/v1alpha1/index.ts';
import { compileRe2 } from '../base/index.ts';
import { normalizeChartUrl, normalizeGitUrl, normalizeImageUrl } from '../domain/index.ts';
import type { CredentialKind } from '../ports/index.ts';
import { redactUrl } from './redact.ts';

const normalizers: Readonly<Record<CredentialKind, (repoURL: string) => string>> = {
  git: normalizeGitUrl,
  helm: normalizeHelmUrl,
  image: normalizeImageUrl,
};

/** The form in which addresses of a kind are compared. */
export function normalizeFor(kind: CredentialKind, repoURL: string): string {
  return normalizers[kind](repoURL);
}

/** A slash at the end of a chart repository's address says nothing. */
function normalizeHelmUrl(repoURL: string): string {
  return normalizeChartUrl(repoURL).replace(/\/+$/, '');
}

/** Whether a Secret is for a repository, and why. */
export interface Match {
  readonly secret: Secret;
  readonly matches: boolean;
  readonly reason: string;
}

/**
 * Looks at each Secret of a namespace for a repository, in the order of their names; the first that matches is the one.
 *
 * Source: Kargo's behavior; an expression is tried on the URL as written and in its normal form, and one that does not
 * compile matches nothing.
 */
export function matchSecrets(
  secrets: readonly Secret[],
  kind: CredentialKind,
  repoURL: string,
): readonly Match[] {
  return [...secrets]
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap((secret) => {
      const type = labelOf(secret, labels.credentialType);
      const verdict = matchAddress(secret, kind, repoURL);
      if (type === kind) return { secret, ...verdict };
      // Those of other kinds are worth a word only where the label is all that is wrong.
      if (!verdict.matches || type === 'generic' || type === undefined) return [];
      return {
        secret,
        matches: false,
        reason: `its address matches, but it is labeled "${type}", not "${kind}"`,
      };
    });
}

function matchAddress(
  secret: Secret,
  kind: CredentialKind,
  repoURL: string,
): { readonly matches: boolean; readonly reason: string } {
  const pattern = readValue(secret, 'repoURL');
  if (pattern === undefined || pattern === '') return { matches: false, reason: 'it has no repoURL' };
  const normal = normalizeFor(kind, repoURL);
  const shown = redactUrl(pattern);
  if (readValue(secret, 'repoURLIsRegex') !== 'true') {
    const own = normalizeFor(kind, pattern);
    return own === normal
      ? { matches: true, reason: `its repoURL is "${shown}"` }
      : { matches: false, reason: `its repoURL "${redactUrl(own)}" is not "${redactUrl(normal)}"` };
  }
  const compiled = compileRe2(pattern);
  if (!compiled.ok)
    return { matches: false, reason: `its repoURL is not a valid regular expression: "${shown}"` };
  if (compiled.re2.test(repoURL) || compiled.re2.test(normal)) {
    return { matches: true, reason: `the expression "${shown}" matches` };
  }
  const hidden = pattern === pattern.trim() ? '' : ' (it begins or ends with white space)';
  const reason = `the expression "${shown}"${hidden} does not match "${redactUrl(normal)}"`;
  return { matches: false, reason };
}

/** A value of a Secret as text. */
export function readValue(secret: Secret, key: string): string | undefined {
  const encoded = secret.data !== undefined && Object.hasOwn(secret.data, key) ? secret.data[key] : undefined;
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
}
