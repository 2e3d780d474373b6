import { AppError } from '../../base/index.ts';
import { unavailable } from '../failures.ts';
import type { Material } from '../types.ts';
import {
  type AwsCall,
  type AwsEnvironment,
  type AwsIdentitySource,
  assumeRole,
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
  const own = await findAwsIdentity(asker.environment, call);
  const identity = `ECR ${call.registry.host}`;
  if (own === undefined) throw unavailable(identity, 'this process has no identity at Amazon');
  const refused: string[] = [];
  for (const { name, source } of await listSources(call, asker, own)) {
    try {
      return { ...(await fetchEcrToken(call, source)), via: name };
    } catch (error) {
      if (!isForbidden(error)) throw toUnavailable(identity, name, error);
      refused.push(name);
    }
  }
  throw unavailable(identity, `Amazon lets none of these in: ${refused.join(', ')}`);
}

async function listSources(
  call: AwsCall,
  { project, environment, shard }: EcrAsker,
  own: AwsIdentitySource,
): Promise<readonly { readonly name: string; readonly source: AwsIdentitySource }[]> {
  const { account, region } = call.registry;
  const ownAccount = await own()
    .then(({ accountId }) => accountId)
    .catch((error: unknown) => {
      throw toUnavailable(`ECR ${call.registry.host}`, 'the identity of this process', error);
    });
  const name = `kargo-project-${project}`;
  const session = ['kargo-controller', ...(shard === undefined ? [] : [shard])].join('-');
  const roles = [...new Set([account, ...(ownAccount === undefined ? [] : [ownAccount])])].map(
    (one) => `arn:${partitionOf(region)}:iam::${one}:role/${name}`,
  );
  const assumed = await Promise.all(
    roles.map(async (arn) => ({
      name: arn,
      source: await assumeRole(
        call,
        own,
        { arn, externalId: name, sessionName: session.slice(0, maxSessionName) },
        environment['AWS_REGION'],
      ),
    })),
  );
  return [...assumed, { name: 'the role of this process', source: own }];
}

/** Names of errors only: messages of services may quote what was sent. */
export function toUnavailable(identity: string, who: string, error: unknown): AppError {
  if (error instanceof AppError) return unavailable(identity, `${who}: ${error.message}`, error);
  const kind = error instanceof Error ? error.name : 'an unknown error';
  return unavailable(identity, `${who}: ${kind}`);
}
