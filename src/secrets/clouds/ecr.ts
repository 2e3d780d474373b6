import type { HttpClient } from '../../ports/index.ts';
import { unavailable } from '../failures.ts';
import type { Material } from '../types.ts';
import { createAwsTransport } from './aws-http.ts';

/** A registry of Amazon ECR. */
export interface EcrRegistry {
  readonly host: string;
  readonly account: string;
  readonly region: string;
}

// Account, whether it is for FIPS, and region: "123456789012.dkr.ecr.eu-west-1.amazonaws.com".
const hostForm =
  /^(?<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?<region>[a-z]{2}[a-z-]*-\d)\.amazonaws\.com(?:\.cn)?$/;

/** The ECR registry of a place "host/path"; `undefined` for every other host. ECR Public needs no credential. */
export function parseEcr(place: string | undefined): EcrRegistry | undefined {
  const host = place?.split('/')[0] ?? '';
  const { account, region } = hostForm.exec(host)?.groups ?? {};
  return account === undefined || region === undefined ? undefined : { host, account, region };
}

/** An identity at Amazon. */
export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly accountId?: string;
}

/** Where an identity comes from, asked when it is needed. */
export type AwsIdentitySource = () => Promise<AwsIdentity>;

/** The processes' own ways to an identity, as Amazon's tools read them from the environment. */
export type AwsEnvironment = Readonly<Record<string, string | undefined>>;

/** What calls to Amazon need. */
export interface AwsCall {
  readonly http: HttpClient;
  readonly registry: EcrRegistry;
  readonly signal: AbortSignal;
}

const attempts = 2;

/** A token of ECR, and whose it is. */
export interface EcrToken {
  readonly material: Material;
  /** The account of the identity that got it, where the answer tells. */
  readonly account: string | undefined;
}

/** A user and password for a registry, good for twelve hours. Errors are those of the SDK; see `isForbidden`. */
export async function fetchEcrToken(
  { http, registry, signal }: AwsCall,
  source: AwsIdentitySource,
): Promise<EcrToken> {
  const { ECRClient, GetAuthorizationTokenCommand } = await import('./aws-sdk.ts');
  const client = new ECRClient({
    region: registry.region,
    credentials: source,
    requestHandler: createAwsTransport(http, signal),
    maxAttempts: attempts,
  });
  try {
    const answer = await client.send(new GetAuthorizationTokenCommand({}));
    const [data] = answer.authorizationData ?? [];
    const text = Buffer.from(data?.authorizationToken ?? '', 'base64').toString();
    const colon = text.indexOf(':');
    if (colon < 1) throw unavailable(`ECR ${registry.host}`, 'the answer has no token');
    return {
      // The endpoint is the registry of the account that asks.
      account: /^https:\/\/(?<account>\d{12})\./.exec(data?.proxyEndpoint ?? '')?.groups?.['account'],
      material: {
        username: text.slice(0, colon),
        password: text.slice(colon + 1),
        isToken: true,
        ...(data?.expiresAt === undefined ? {} : { expiresAtMs: data.expiresAt.getTime() }),
      },
    };
  } finally {
    client.destroy();
  }
}

/** The identity that the environment of this process describes; `undefined` when it describes none. */
export async function findAwsIdentity(
  environment: AwsEnvironment,
  { http, registry, signal }: AwsCall,
): Promise<AwsIdentitySource | undefined> {
  const region = environment['AWS_REGION'] ?? registry.region;
  const webIdentityTokenFile = environment['AWS_WEB_IDENTITY_TOKEN_FILE'];
  const roleArn = environment['AWS_ROLE_ARN'];
  const { fromHttp, fromTokenFile } = await import('./aws-sdk.ts');
  if (webIdentityTokenFile !== undefined && roleArn !== undefined) {
    return once(
      fromTokenFile({
        webIdentityTokenFile,
        roleArn,
        roleSessionName: environment['AWS_ROLE_SESSION_NAME'] ?? 'kargo-controller',
        clientConfig: { region, requestHandler: createAwsTransport(http, signal), maxAttempts: attempts },
      }),
    );
  }
  const fullUri = environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  const relativeUri = environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  if (fullUri !== undefined || relativeUri !== undefined) {
    const tokenFile = environment['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
    // An agent on this very node: neither proxies nor mapped endpoints have a say.
    return once(
      fromHttp({
        ...(relativeUri === undefined
          ? { awsContainerCredentialsFullUri: fullUri ?? '' }
          : { awsContainerCredentialsRelativeUri: relativeUri }),
        ...(tokenFile === undefined ? {} : { awsContainerAuthorizationTokenFile: tokenFile }),
        maxRetries: 1,
        timeout: 2_000,
      }),
    );
  }
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return async () => ({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
}

/** Does the environment describe an identity at all? Decided without the SDK. */
export function hasAwsIdentity(environment: AwsEnvironment): boolean {
  return (
    (environment['AWS_WEB_IDENTITY_TOKEN_FILE'] !== undefined && environment['AWS_ROLE_ARN'] !== undefined) ||
    environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'] !== undefined ||
    environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] !== undefined ||
    (environment['AWS_ACCESS_KEY_ID'] !== undefined && environment['AWS_SECRET_ACCESS_KEY'] !== undefined)
  );
}

/** A role that another identity takes on. */
export interface AwsRole {
  readonly arn: string;
  readonly externalId: string;
  readonly sessionName: string;
}

/** The identity of a role. */
export async function assumeRole(
  { http, registry, signal }: AwsCall,
  own: AwsIdentitySource,
  role: AwsRole,
  region: string | undefined,
): Promise<AwsIdentitySource> {
  const { fromTemporaryCredentials } = await import('./aws-sdk.ts');
  return once(
    fromTemporaryCredentials({
      masterCredentials: own,
      params: { RoleArn: role.arn, ExternalId: role.externalId, RoleSessionName: role.sessionName },
      clientConfig: {
        region: region ?? registry.region,
        requestHandler: createAwsTransport(http, signal),
        maxAttempts: attempts,
      },
    }),
  );
}

/** The part of Amazon that a region belongs to, as in the names of its roles. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Did the service answer that this identity may not? Every other failure is none of the identity's rights. */
export function isForbidden(error: unknown): boolean {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  return (metadata as { readonly httpStatusCode?: number } | undefined)?.httpStatusCode === 403;
}

function once(source: () => Promise<AwsIdentity>): AwsIdentitySource {
  let identity: Promise<AwsIdentity> | undefined;
  return () => {
    identity ??= source();
    return identity;
  };
}
