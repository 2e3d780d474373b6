import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseDuration } from '../base/index.ts';
import { mainErrors } from './errors.ts';

const flag = z
  .enum(['true', 'false', '1', '0', 'TRUE', 'FALSE', 'True', 'False'], { message: 'expected true or false' })
  .transform((text) => text === '1' || text.toLowerCase() === 'true');

const whole = (least: number) =>
  z
    .string()
    .regex(/^\d+$/, { message: `expected a whole number, at least ${least}` })
    .transform(Number)
    .refine((count) => count >= least, { message: `expected a whole number, at least ${least}` });

const rate = z
  .string()
  .regex(/^\d+(?:\.\d+)?$/, { message: 'expected a number above 0' })
  .transform(Number)
  .refine((count) => count > 0, { message: 'expected a number above 0' });

const durationMs = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 0) {
    context.addIssue({ code: 'custom', message: 'expected a duration such as "5m0s"' });
    return z.NEVER;
  }
  return ms;
});

const level = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(
    z.enum(['debug', 'info', 'warn', 'error', 'trace'], { message: 'expected ERROR, WARN, INFO or DEBUG' }),
  )
  .transform((text) => (text === 'trace' ? ('debug' as const) : text));

const bindAddress = z.string().regex(/^(?:0|[^:]*:\d{1,5}|\[[^\]]*\]:\d{1,5})$/, {
  message: 'expected "0" (off) or an address such as ":9090"',
});

const endpoints = z.string().transform((text, context) => {
  const shape = z.record(z.string(), z.object({ address: z.string(), caFile: z.string().optional() }));
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'expected JSON such as {"github.com": {"address": "127.0.0.1:8443"}}',
    });
    return z.NEVER;
  }
});

const absolutePath = z.string().startsWith('/', { message: 'expected an absolute path' });

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const nameList = list.pipe(z.array(z.string().regex(/^[A-Za-z_]\w*$/, { message: 'expected names' })));
const pathList = list.pipe(z.array(absolutePath));
const clouds = list
  .transform((items) => (items.join() === 'none' ? [] : items))
  .pipe(z.array(z.enum(['ecr', 'gar', 'acr'], { message: 'expected ecr, gar, acr, or none' })));

const registries = z.string().transform((text, context) => {
  const shape = z.record(
    z.string(),
    z.strictObject({
      plainHttp: z.boolean().optional(),
      insecureSkipTLSVerify: z.boolean().optional(),
      caFile: z.string().optional(),
      requestsPerSecond: z.number().positive().optional(),
      concurrency: z.number().int().positive().optional(),
    }),
  );
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'expected JSON such as {"registry.local:5000": {"plainHttp": true, "requestsPerSecond": 5}}',
    });
    return z.NEVER;
  }
});

/**
 * What the environment can set. Names and defaults are those of Kargo's chart where it has them, so that its values
 * files carry over; the last group is Gantry's own.
 */
const Environment = z.object({
  KUBECONFIG: z
    .string()
    .optional()
    .describe('Kubeconfig of the control plane. Default: in-cluster, else ~/.kube/config.'),
  LOG_LEVEL: level.default('info').describe('ERROR, WARN, INFO or DEBUG. Default INFO.'),
  METRICS_BIND_ADDRESS: bindAddress
    .default('0')
    .describe('Where /metrics, /healthz and /readyz are served; "0" is off.'),
  SHARD_NAME: z.string().default('').describe('Shard that this controller is responsible for. Default none.'),
  IS_DEFAULT_CONTROLLER: flag
    .default(false)
    .describe('Also responsible for objects without a shard. Default false.'),
  KARGO_NAMESPACE: z
    .string()
    .default('kargo')
    .describe('Namespace of the leases of controllers. Default kargo.'),
  HEARTBEAT_TTL_SECONDS: whole(3)
    .default(120)
    .describe('How long a controller counts as alive after its last sign. Default 120.'),
  KUBE_API_QPS: rate.optional().describe('Requests per second to the Kubernetes API. Default no limit.'),
  KUBE_API_BURST: whole(1)
    .optional()
    .describe(
      'Requests to the Kubernetes API that may come at once, with KUBE_API_QPS. Default six times that.',
    ),
  SHARED_RESOURCES_NAMESPACE: z
    .string()
    .optional()
    .describe('Namespace of credentials shared by all Projects. Default none.'),
  SYSTEM_RESOURCES_NAMESPACE: z
    .string()
    .optional()
    .describe(
      'Namespace of what serves the whole installation: the signing key of the ClusterConfig, ConfigMaps of registries. Default none.',
    ),
  ALLOW_CREDENTIALS_OVER_HTTP: flag
    .default(false)
    .describe('Send credentials to http:// URLs. Default false.'),
  GANTRY_REGISTRIES_CONF: absolutePath
    .optional()
    .describe(
      'File that configures registries, as the registries.conf of Argo CD Image Updater. Default none.',
    ),
  GANTRY_CREDENTIAL_VARIABLES: nameList
    .default([])
    .describe('Variables that "env:" in the configuration of registries may name, separated by commas.'),
  GANTRY_CREDENTIAL_PROGRAMS: pathList
    .default(['/app/scripts', '/scripts'])
    .describe(
      'Programs, and folders of programs, that "ext:" may name, separated by commas. Default /app/scripts,/scripts.',
    ),
  GANTRY_CREDENTIAL_HELPER_DIRS: pathList
    .default(['/usr/local/bin', '/usr/bin'])
    .describe(
      'Where docker-credential-* are looked for, separated by commas. Default /usr/local/bin,/usr/bin.',
    ),
  DOCKER_CONFIG: absolutePath
    .optional()
    .describe('Folder with a config.json of docker, whose credentials serve all Projects. Default none.'),
  GANTRY_CREDENTIAL_PROVIDER_CONFIG: absolutePath
    .optional()
    .describe("The kubelet's CredentialProviderConfig, whose providers serve all Projects. Default none."),
  GANTRY_CREDENTIAL_PROVIDER_BIN_DIR: absolutePath
    .default('/app/credential-providers')
    .describe('Folder with the programs of these providers. Default /app/credential-providers.'),
  GANTRY_AMBIENT_CREDENTIALS: clouds
    .default(['ecr', 'gar', 'acr'])
    .describe(
      'Clouds whose identity for this process is used at their registries: ecr, gar, acr, or none. Default all.',
    ),
  API_SERVER_BASE_URL: z
    .string()
    .optional()
    .describe('Base URL of the user interface, for links. Default none.'),
  ARGOCD_INTEGRATION_ENABLED: flag.default(true).describe('Talk to Argo CD. Default true.'),
  ARGOCD_NAMESPACE: z.string().default('argocd').describe('Namespace of Applications. Default argocd.'),
  ARGOCD_KUBECONFIG: z
    .string()
    .optional()
    .describe('Kubeconfig of the cluster in which Argo CD runs. Default the control plane.'),
  ARGOCD_WATCH_ARGOCD_NAMESPACE_ONLY: flag
    .default(false)
    .describe('Watch Applications in ARGOCD_NAMESPACE only. Default false.'),
  GITCLIENT_NAME: z.string().default('Gantry').describe('Who commits, by name. Default Gantry.'),
  GITCLIENT_EMAIL: z.string().default('no-reply@gantry.invalid').describe('Who commits, by e-mail address.'),
  GITCLIENT_SIGNING_KEY_TYPE: z
    .enum(['gpg', 'ssh'])
    .default('gpg')
    .describe('Kind of that key; the key itself says it too, and what it says counts. Default gpg.'),
  GITCLIENT_SIGNING_KEY_PATH: z
    .string()
    .optional()
    .describe('File with the private key that signs commits and tags, OpenPGP or SSH. Default none.'),
  GIT_PUSH_INTEGRATION_POLICY: z
    .enum(['AlwaysRebase', 'AlwaysMerge', 'RebaseOrMerge', 'RebaseOrFail', 'None'])
    .default('AlwaysRebase')
    .describe('What git-push does when the branch has moved. Default AlwaysRebase.'),
  MAX_CONCURRENT_WAREHOUSE_RECONCILES: whole(1)
    .default(32)
    .describe('Warehouses worked on at once. Default 32.'),
  MAX_CONCURRENT_STAGE_RECONCILES: whole(1).default(16).describe('Stages worked on at once. Default 16.'),
  MAX_CONCURRENT_PROMOTION_RECONCILES: whole(1)
    .default(32)
    .describe('Promotions worked on at once. Default 32.'),
  MIN_WAREHOUSE_RECONCILIATION_INTERVAL: durationMs
    .default(0)
    .describe('Shortest time between two looks of one Warehouse. Default none.'),
  IMAGE_REGISTRY_RATE_LIMIT: whole(1).default(20).describe('Requests per second and registry. Default 20.'),
  MAX_IMAGE_CACHE_ENTRIES: whole(1)
    .default(100_000)
    .describe('Images whose facts are remembered. Default 100000.'),
  CACHE_BY_TAG_POLICY: z
    .enum(['Allow', 'Forbid', 'Force', 'Require'], { message: 'expected Allow, Forbid, Force or Require' })
    .default('Allow')
    .describe('What becomes of cacheByTag in subscriptions: Allow, Forbid, Force or Require. Default Allow.'),
  WEBHOOK_SERVER_PORT: whole(0).default(9443).describe('Port of the admission webhooks. Default 9443.'),
  TLS_CERT_PATH: z.string().optional().describe('Certificate chain of the admission webhooks, PEM.'),
  TLS_KEY_PATH: z.string().optional().describe('Key of that certificate, PEM.'),
  CONTROLPLANE_USER_REGEX: z
    .string()
    .optional()
    .describe('Users that count as control plane in admission. Default none.'),
  SSL_CERT_FILE: z.string().optional().describe('Further CA certificates to trust, PEM.'),
  HTTPS_PROXY: z
    .string()
    .optional()
    .describe('Proxy for what is reached at https:// addresses. Default none.'),
  HTTP_PROXY: z.string().optional().describe('Proxy for what is reached at http:// addresses. Default none.'),
  NO_PROXY: z.string().optional().describe('Hosts, domains and CIDR blocks that are reached without it.'),
  GANTRY_LEADER_ELECT: flag
    .default(false)
    .describe('Of several replicas of a controller let one work, as --leader-elect does. Default false.'),
  GANTRY_LEASE_SECONDS: whole(3)
    .default(15)
    .describe(
      'How long other replicas wait after the last renewal of the lease that they have seen, in seconds. The holder stops working after two thirds of it. Default 15.',
    ),
  GANTRY_REGISTRIES: registries
    .default({})
    .describe(
      'Settings of single registries and chart hosts, as JSON: {"registry.local:5000": {"plainHttp": true, "caFile": "ca.pem", "insecureSkipTLSVerify": false, "requestsPerSecond": 5, "concurrency": 4}}.',
    ),
  GANTRY_IMAGE_CACHE_FOLDER: z
    .string()
    .optional()
    .describe('Folder that keeps manifests and image configurations over restarts. Default none.'),
  GANTRY_IMAGE_CACHE_MEBIBYTES: whole(1)
    .default(256)
    .describe('How much of them is kept there. Default 256.'),
  GANTRY_GIT_CACHE_DIR: z
    .string()
    .optional()
    .describe(
      'Folder in which objects of git repositories are kept beyond a restart; processes may share it. Default none.',
    ),
  GANTRY_GIT_CACHE_MIB: whole(1)
    .default(1024)
    .describe('Size of that folder in MiB; what was read longest ago goes first. Default 1024.'),
  GANTRY_SSH_KNOWN_HOSTS_FILE: z
    .string()
    .optional()
    .describe('A known_hosts file; what it says of a git host reached over SSH is final. Default none.'),
  GANTRY_SSH_TRUST_ON_FIRST_USE: flag
    .default(true)
    .describe(
      'Accept an SSH host that no known hosts name, and record its key in the Secret gantry-ssh-known-hosts. Default true.',
    ),
  GANTRY_ENDPOINTS: endpoints
    .default({})
    .describe(
      'Maps hosts to addresses, as JSON: {"github.com": {"address": "127.0.0.1:8443", "caFile": "ca.pem"}}.',
    ),
});

/** Operator settings of a process, read once at its start. */
export type Settings = z.infer<typeof Environment> & {
  /** The variables themselves, for what reads some of them by names that settings or clouds give; may hold secrets. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
};

/**
 * Reads the settings from environment variables; empty ones count as not set.
 *
 * Errors: main.bad-setting names every wrong variable, its value and what was expected.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  // The only variables that are usual in lower case as well.
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']) given[name] ??= given[name.toLowerCase()];
  const parsed = Environment.safeParse(given);
  if (parsed.success) return { ...parsed.data, environment };
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `${name}=${JSON.stringify(given[name])}: ${issue.message}`;
  });
  throw mainErrors.create('main.bad-setting', problems.join('; '));
}

/** Every variable with its meaning, for the reference page. */
export function describeSettings(): readonly { readonly name: string; readonly meaning: string }[] {
  return Object.entries(Environment.shape).map(([name, schema]) => ({
    name,
    meaning: schema.description ?? '',
  }));
}

/** The text of a file that a setting names. Errors: main.missing-file. */
export function readSettingFile(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw mainErrors.create(
      'main.missing-file',
      `${setting}=${JSON.stringify(path)}: the file cannot be read`,
      { cause },
    );
  }
}
