import { AppError } from '../../base/index.ts';
import { unavailable } from '../failures.ts';
import type { Material } from '../types.ts';
import {
  type AwsCall,
  type AwsEnvironment,
  type AwsIdentitySource,
  type AwsRole,
  assumeRole,
  type EcrToken,
  fetchEcrToken,
  findAwsIdentity,
  isForbidden,
  partitionOf,
} from './ecr.ts';

/** Names of sessions are no longer than this. */
const maxSessionName = 64;

/** Who asks, and with which names roles are taken on. */
export interface EcrAsker {
  readonly project: string;
  readonly environment: AwsEnvironment;
  readonly shard: string | undefined;
}

/**
 * A token for a registry by the identity of this process, in the name of a Project: its role in the registry's account,
 * its role in the account of this process, and last the role of this process itself. Only an answer that forbids leads to the
 * next one.
 *
 * Source: Kargo's names of roles, external ids and sessions.
 */
export async function fetchAmbientEcrToken(call: AwsCall, asker: EcrAsker): Promise<Material> {
  const { registry } = call;
  const identity = `ECR ${registry.host}`;
  const own = await findAwsIdentity(asker.environment, call);
  if (own === undefined) throw unavailable(identity, 'this process has no identity at Amazon');
  const refused: string[] = [];
  const attempt = async (name: string, source: AwsIdentitySource): Promise<EcrToken | undefined> => {
    try {
      const { material, account } = await fetchEcrToken(call, source);
      return { material: { ...material, via: name }, account };
    } catch (error) {
      if (!isForbidden(error)) throw toUnavailable(identity, name, error);
      refused.push(name);
      return undefined;
    }
  };
  const inAccount = async (account: string): Promise<EcrToken | undefined> => {
    const role = roleOf(account, registry.region, asker);
    return attempt(role.arn, await assumeRole(call, own, role, asker.environment['AWS_REGION']));
  };
  const asItself = (): Promise<EcrToken | undefined> => attempt('the role of this process', own);

  const first = await inAccount(registry.account);
  if (first !== undefined) return first.material;
  // Some sources of an identity tell its account, and of the others a token does.
  const told = await own()
    .then(({ accountId }) => accountId)
    .catch((error: unknown) => {
      throw toUnavailable(identity, 'the identity of this process', error);
    });
  const ownToken = told === undefined ? await asItself() : undefined;
  const account = told ?? ownToken?.account;
  const second = account === undefined || account === registry.account ? undefined : await inAccount(account);
  const last = second ?? ownToken ?? (told === undefined ? undefined : await asItself());
  if (last !== undefined) return last.material;
  throw unavailable(identity, `Amazon lets none of these in: ${refused.join(', ')}`);
}

function roleOf(account: string, region: string, { project, shard }: EcrAsker): AwsRole {
  const name = `kargo-project-${project}`;
  const session = ['kargo-controller', ...(shard === undefined ? [] : [shard])].join('-');
  return {
    arn: `arn:${partitionOf(region)}:iam::${account}:role/${name}`,
    externalId: name,
    sessionName: session.slice(0, maxSessionName),
  };
}

/** Names of errors only: messages of services may quote what was sent. */
export function toUnavailable(identity: string, who: string, error: unknown): AppError {
  if (error instanceof AppError) return unavailable(identity, `${who}: ${error.message}`, error);
  const kind = error instanceof Error ? error.name : 'an unknown error';
  return unavailable(identity, `${who}: ${kind}`);
}
