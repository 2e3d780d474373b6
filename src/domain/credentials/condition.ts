/** The condition of a Warehouse that tells which credentials its last look used, and what deserves attention. */
export const credentialsCondition = 'gantry.io/Credentials';

/** A credential that a look used, by name. */
export interface UsedCredential {
  /** The repository, as its subscription names it. */
  readonly repoURL: string;
  /** `undefined`: none. */
  readonly identity: string | undefined;
  readonly via?: string | undefined;
  readonly outcome: 'found' | 'refused' | 'failed';
  readonly warnings: readonly string[];
}

/** A condition's changing members. */
export interface CredentialsVerdict {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

const maxNamed = 10;

/**
 * What the credentials of a look are worth saying; `undefined` when it used none.
 *
 * Guarantees: names of sources and sentences about them, never a value; the order is that of the subscriptions.
 */
export function describeCredentials(used: readonly UsedCredential[]): CredentialsVerdict | undefined {
  if (used.every(({ identity, warnings }) => identity === undefined && warnings.length === 0))
    return undefined;
  const failed = used.filter(({ outcome }) => outcome === 'failed');
  const refused = used.filter(({ outcome, identity }) => outcome === 'refused' && identity !== undefined);
  const warned = used.filter(({ warnings }) => warnings.length > 0);
  const [reason, concerned] =
    failed.length > 0
      ? (['Unavailable', failed] as const)
      : refused.length > 0
        ? (['Refused', refused] as const)
        : (['NeedsAttention', warned] as const);
  if (concerned.length === 0) {
    return {
      type: credentialsCondition,
      status: 'True',
      reason: 'Found',
      message: listOf(used.map(nameUse)),
    };
  }
  const message = listOf(concerned.map((one) => [nameUse(one), ...one.warnings].join(': ')));
  return { type: credentialsCondition, status: 'False', reason, message };
}

function nameUse({ repoURL, identity, via }: UsedCredential): string {
  const way = via === undefined ? '' : ` by ${via}`;
  return `${withoutUser(repoURL)} with ${identity ?? 'no credential'}${way}`;
}

function withoutUser(repoURL: string): string {
  return repoURL.replace(/(?<=:\/\/)[^/\s]*@/, '').replace(/\?.*$/s, '');
}

function listOf(texts: readonly string[]): string {
  const more = texts.length > maxNamed ? `; and ${texts.length - maxNamed} more` : '';
  return `${texts.slice(0, maxNamed).join('; ')}${more}`;
}
