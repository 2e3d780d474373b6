import type {
  Clock,
  CredentialExplanation,
  CredentialRequest,
  HttpClient,
  ImageSource,
  KubeReader,
  KubeWriter,
  Random,
} from '../ports/index.ts';
import type { SandboxInfo } from './sandbox-info.ts';

/** Where a command writes text. */
export interface Output {
  write(text: string): void;
  /** Colors and fitting to the width only here. */
  readonly isTerminal: boolean;
  /** Width in characters; means nothing unless it is a terminal. */
  readonly columns: number;
}

/** A cluster as commands see it: live reads and writes. */
export interface Cluster {
  readonly reader: Pick<KubeReader, 'getLive' | 'listLive'>;
  readonly writer: KubeWriter;
  /** The namespace that the kubeconfig's context names. */
  readonly namespace?: string;
  close(): Promise<void>;
}

/** The outside of a sandbox: `ghcr.io` and `api.github.com` are mapped to its servers. */
export interface SandboxConnection {
  readonly http: HttpClient;
  /** Makes a tiny image, pushes it under the tag and answers the manifest's digest. */
  pushImage(source: ImageSource, tag: string, draft: ImageContent, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** What a pushed image says of itself. */
export interface ImageContent {
  /** RFC 3339. */
  readonly created: string;
  /** What its only layer says, so that images differ. */
  readonly content: string;
}

/** Which kubeconfig to use; without a path, the environment's. */
export interface ClusterChoice {
  readonly kubeconfig: string | undefined;
}

/** What the commands get from the program. Clients are made when a command asks for them. */
export interface CliDeps {
  readonly version: string;
  readonly clock: Clock;
  readonly random: Random;
  /** What was asked for. */
  readonly output: Output;
  /** Everything else: hints, errors. */
  readonly notes: Output;
  /** Aborted when the process is told to stop. */
  readonly signal: AbortSignal;
  openCluster(choice: ClusterChoice, signal: AbortSignal): Promise<Cluster>;
  /** The content of `sandbox.json` beside the kubeconfig; `undefined` when there is no such file. */
  readSandboxFile(choice: ClusterChoice, signal: AbortSignal): Promise<string | undefined>;
  openSandbox(info: SandboxInfo, signal: AbortSignal): Promise<SandboxConnection>;
  /** What this cluster's Secrets and ConfigMaps say about a credential, as far as the user may read them. */
  explainCredentials(
    cluster: Cluster,
    request: CredentialRequest,
    signal: AbortSignal,
  ): Promise<CredentialExplanation>;
}

/** What a command works with once its cluster is open. */
export interface CommandDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly output: Output;
  readonly notes: Output;
  readonly signal: AbortSignal;
}
