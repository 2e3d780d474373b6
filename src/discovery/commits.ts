import type { DiscoveredCommit, GitDiscovery, GitSubscription } from '../api/v1alpha1/index.ts';
import {
  type BranchRule,
  type BranchWalk,
  compileGitRule,
  type EarlierSelection,
  type GitRule,
  type GitTag,
  isSameObservation,
  type Observation,
  observeBranch,
  observeTags,
  selectFromBranch,
  selectFromTags,
  type TagRule,
} from '../domain/index.ts';
import { createFlights, type Flights } from '../flights/index.ts';
import type { Clock, Credentials, GitHistory, GitRef, GitRemote } from '../ports/index.ts';
import { sourceMember, withCredential } from './credential.ts';
import { discoveryErrors } from './errors.ts';
import { createSharedScans, type Scan, type SharedScans } from './shared-scans.ts';
import { cannotFollow, remoteKey } from './source.ts';

/** What is to be looked at, and for whom. */
export interface CommitLook {
  readonly project: string;
  readonly subscription: GitSubscription;
  /** The oldest answer of the repository that will do; see `Question`. */
  readonly notBeforeMs: number;
  /** What the same subscription found last; what has not changed since is not looked at again. */
  readonly previous?: GitDiscovery | undefined;
  /** The source of credentials that the subscription names for itself. */
  readonly source?: string | undefined;
}

/** What a look found. */
export interface CommitFindings {
  /** Best first. */
  readonly commits: readonly DiscoveredCommit[];
  /** What the next look is to be compared with; absent when that is too much to remember. */
  readonly observedRefs: Observation | undefined;
  /** When the repository was asked, milliseconds since the epoch. */
  readonly askedAtMs: number;
}

/** Finds the commits that subscriptions select. */
export interface CommitDiscovery {
  /** Errors: discovery.*, credentials.*, and git.*. */
  discover(look: CommitLook, signal: AbortSignal): Promise<CommitFindings>;
}

interface Deps {
  readonly history: GitHistory;
  readonly clock: Clock;
  readonly refs: SharedScans<readonly GitRef[]>;
  readonly walks: Flights<BranchWalk>;
}

/** Creates commit discovery; all looks made through it share their requests. */
export function createCommitDiscovery(deps: {
  readonly history: GitHistory;
  readonly credentials: Credentials;
  readonly clock: Clock;
}): CommitDiscovery {
  const shared: Deps = {
    history: deps.history,
    clock: deps.clock,
    refs: createSharedScans(deps.clock),
    walks: createFlights(),
  };
  return {
    async discover(look, signal) {
      const { project, subscription } = look;
      const { repoURL } = subscription;
      const compiled = compileGitRule(subscription);
      if (!compiled.ok) throw cannotFollow(repoURL, compiled.problem);
      const previous = look.previous?.repoURL === repoURL ? look.previous : undefined;
      const { rule } = compiled;
      return withCredential(
        deps.credentials,
        { project, kind: 'git', repoURL, ...sourceMember(look.source) },
        (credential) => {
          const remote: GitRemote = {
            url: repoURL,
            ...(credential === undefined ? {} : { credential }),
            ...(subscription.insecureSkipTLSVerify ? { insecureSkipTLSVerify: true } : {}),
          };
          const one: OneLook = { remote, notBeforeMs: look.notBeforeMs, previous };
          return rule.kind === 'branch'
            ? lookAtBranch(shared, rule, one, signal)
            : lookAtTags(shared, rule, one, signal);
        },
        signal,
      );
    },
  };
}

interface OneLook {
  readonly remote: GitRemote;
  readonly notBeforeMs: number;
  readonly previous: GitDiscovery | undefined;
}

async function lookAtBranch(
  deps: Deps,
  rule: BranchRule,
  look: OneLook,
  signal: AbortSignal,
): Promise<CommitFindings> {
  const { remote, previous } = look;
  // As git reads the name of a branch to clone: the tag of that name will do.
  const names =
    rule.branch === undefined ? ['HEAD'] : [`refs/heads/${rule.branch}`, `refs/tags/${rule.branch}`];
  const scan = await listRefs(deps, look, names, signal);
  const ref = names.flatMap((name) => scan.answer.find((one) => one.name === name) ?? [])[0];
  if (ref === undefined) {
    const what = rule.branch === undefined ? 'a default branch' : `the branch "${rule.branch}"`;
    throw discoveryErrors.create('discovery.missing-branch', `${remote.url} does not have ${what}`);
  }
  const head = ref.peeled ?? ref.id;
  const observedRefs = observeBranch(head);
  const { askedAtMs } = scan;
  const known = reusable(previous, observedRefs);
  if (known !== undefined) return { commits: known, observedRefs, askedAtMs };
  const commits = await selectOnBranch(deps, { rule, remote, head, earlier: earlierOf(previous) }, signal);
  return { commits, observedRefs, askedAtMs };
}

async function selectOnBranch(
  deps: Deps,
  from: {
    readonly rule: BranchRule;
    readonly remote: GitRemote;
    readonly head: string;
    readonly earlier: EarlierSelection | undefined;
  },
  signal: AbortSignal,
): Promise<readonly DiscoveredCommit[]> {
  const { rule, remote, head, earlier } = from;
  const touched = new Map<string, boolean>();
  let walk: BranchWalk = { commits: [], isWhole: false };
  for (;;) {
    const step = selectFromBranch(rule, walk, {
      touched,
      nowMs: deps.clock.nowMs(),
      ...(earlier === undefined ? {} : { earlier }),
    });
    if (step.kind === 'kept') return step.commits;
    if (step.kind === 'refused') throw cannotFollow(remote.url, step.problem);
    if (step.kind === 'need-touched')
      await findTouching(deps, { remote, rule, touched }, step.commits, signal);
    else {
      const { count } = step;
      const key = [remoteKey(remote), head, count].join('\n');
      const read = (shared: AbortSignal): Promise<BranchWalk> =>
        deps.history.walk(remote, { head, count }, shared);
      walk = await deps.walks.join(key, false, read, signal);
    }
  }
}

async function lookAtTags(
  deps: Deps,
  rule: TagRule,
  look: OneLook,
  signal: AbortSignal,
): Promise<CommitFindings> {
  const { answer, askedAtMs } = await listRefs(deps, look, [tagPrefix], signal);
  const refs = new Map<string, GitRef>();
  for (const ref of answer)
    if (ref.name.startsWith(tagPrefix)) refs.set(ref.name.slice(tagPrefix.length), ref);
  const observedRefs = observeTags(
    rule,
    [...refs].map(([name, { id }]) => ({ name, id })),
  );
  const known = reusable(look.previous, observedRefs);
  if (known !== undefined) return { commits: known, observedRefs, askedAtMs };
  const commits = await selectAmongTags(deps, { rule, remote: look.remote, refs }, signal);
  return { commits, observedRefs, askedAtMs };
}

const tagPrefix = 'refs/tags/';

async function selectAmongTags(
  deps: Deps,
  from: { readonly rule: TagRule; readonly remote: GitRemote; readonly refs: ReadonlyMap<string, GitRef> },
  signal: AbortSignal,
): Promise<readonly DiscoveredCommit[]> {
  const { rule, remote, refs } = from;
  const names = rule.rank([...refs.keys()]);
  const tags = new Map<string, GitTag | undefined>();
  const touched = new Map<string, boolean>();
  for (;;) {
    const step = selectFromTags(rule, names, { tags, touched, nowMs: deps.clock.nowMs() });
    if (step.kind === 'kept') return step.commits;
    if (step.kind === 'refused') throw cannotFollow(remote.url, step.problem);
    if (step.kind === 'need-touched')
      await findTouching(deps, { remote, rule, touched }, step.commits, signal);
    else {
      const wanted = step.names.flatMap((name) => refs.get(name) ?? []);
      const read = await deps.history.readTags(remote, wanted, signal);
      for (const [index, name] of step.names.entries()) tags.set(name, read[index]);
    }
  }
}

async function findTouching(
  deps: Deps,
  place: { readonly remote: GitRemote; readonly rule: GitRule; readonly touched: Map<string, boolean> },
  commits: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { remote, rule, touched } = place;
  const found =
    rule.paths === undefined
      ? new Set(commits)
      : await deps.history.findTouching(remote, { commits, rule: rule.paths }, signal);
  for (const commit of commits) touched.set(commit, found.has(commit));
}

function listRefs(
  { refs, history }: Deps,
  { remote, notBeforeMs }: OneLook,
  wants: readonly string[],
  signal: AbortSignal,
): Promise<Scan<readonly GitRef[]>> {
  const question = { key: remoteKey(remote), wants, notBeforeMs };
  return refs.ask(question, (prefixes, shared) => history.listRefs(remote, prefixes, shared), signal);
}

/** The commits found last, when the repository shows the same as then. */
function reusable(
  previous: GitDiscovery | undefined,
  observed: Observation | undefined,
): readonly DiscoveredCommit[] | undefined {
  return isSameObservation(previous?.observedRefs, observed) ? (previous?.commits ?? []) : undefined;
}

function earlierOf(previous: GitDiscovery | undefined): EarlierSelection | undefined {
  const head = previous?.observedRefs?.branchHead;
  return head === undefined ? undefined : { head, commits: previous?.commits ?? [] };
}
