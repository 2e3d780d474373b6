/**
 * Interfaces to everything outside, shaped by their callers; adapters are named after technology and live elsewhere.
 * Types only: nothing here runs. Start reading at `reconcile.ts` and `kube.ts`.
 */
export type { ApplicationSelector, ArgoCd } from './argocd.ts';
export type { ArtifactManifest, Artifacts, BlobDraft } from './artifacts.ts';
export type { ChartSource, Charts } from './charts.ts';
export type {
  Credential,
  CredentialCandidate,
  CredentialDesk,
  CredentialExplanation,
  CredentialKind,
  CredentialLevel,
  CredentialRequest,
  Credentials,
  CredentialUse,
} from './credentials.ts';
export type {
  ForgeProvider,
  ForgeRepo,
  Forges,
  MergeOrder,
  MergeOutcome,
  PullRequest,
  PullRequestDraft,
} from './forge.ts';
export type {
  CheckoutRequest,
  CommitDraft,
  CommitReport,
  Committer,
  Committers,
  GitCommit,
  GitIdentity,
  GitRemote,
  GitRepos,
  GitSignature,
  LocalTag,
  PushRequest,
  PushResult,
  RefTarget,
  ResolvedRef,
  SigningKey,
  TagDraft,
  TagPushRequest,
  Worktree,
} from './git.ts';
export type { GitHistory, GitRef } from './git-history.ts';
export type { HostBudgets, RequestTurn } from './host-budgets.ts';
export type { HostKeys } from './host-keys.ts';
export type {
  HostBudgetErrorCode,
  HttpClient,
  HttpErrorCode,
  HttpHead,
  HttpRequest,
  HttpResponse,
  HttpStream,
  HttpTls,
} from './http.ts';
export type {
  AccessQuestion,
  ApplyOptions,
  CacheSelection,
  Change,
  Events,
  JsonPatchOperation,
  KubeAccess,
  KubeChanges,
  KubeReader,
  KubeWriter,
  LiveSelection,
  WriteOptions,
} from './kube.ts';
export type { ProgramCall, ProgramResult, Programs } from './programs.ts';
export type { Controller, Pass, Reconciler, SeenObject, WakePriority, Watch } from './reconcile.ts';
export type { ImageSource, Registry } from './registry.ts';
export type {
  Clock,
  Counter,
  Gauge,
  Histogram,
  Log,
  LogFields,
  MetricDeclaration,
  Metrics,
  Random,
} from './runtime.ts';
export type { StageTurns } from './stage-turns.ts';
export type {
  ConfigProblem,
  PortName,
  PreparedContext,
  PreparedStep,
  StepContext,
  StepDefinition,
  StepEffect,
  StepPorts,
  StepRun,
} from './step.ts';
export type { CopyReport, FileEntry, FileMode, FileTree, RealFiles, Workdir } from './workdir.ts';
