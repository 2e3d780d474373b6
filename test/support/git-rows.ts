import type { DiscoveredCommit } from '../../src/api/v1alpha1/index.ts';
import {
  type CommitFact,
  compileGitRule,
  type GitCriteria,
  type GitMoment,
  type GitRule,
  type GitTag,
  selectFromBranch,
  selectFromTags,
  type TagFacts,
  touches,
} from '../../src/domain/index.ts';

/** A history of the fixtures of the conformance table git-select. */
export interface FixtureHistory {
  /** The default branch. */
  readonly head: string;
  /** In the order of creation. */
  readonly commits: readonly FixtureCommit[];
  readonly tags: readonly FixtureTag[] | null;
}

/** A commit of a history; the first parent comes first. */
export interface FixtureCommit {
  readonly name: string;
  readonly branch: string;
  readonly parents: readonly string[] | null;
  readonly message: string;
  readonly author: string;
  readonly authorDate: string;
  readonly committer: string;
  readonly committerDate: string;
  /** Content by path, null for a deletion; against the first parent. */
  readonly changes: Readonly<Record<string, string | null>>;
}

/** A tag; annotated when it has a tagger. */
export interface FixtureTag {
  readonly name: string;
  readonly target: string;
  readonly tagger?: string;
  readonly date?: string;
  readonly message?: string;
}

/** Histories by name. */
export type GitFixtures = Readonly<Record<string, FixtureHistory>>;

const nowMs = Date.UTC(2026, 0, 1);

/** What the pure rules select for a row, ids replaced by the commits' names; "error" where they refuse. */
export function selectGitRow(
  histories: GitFixtures,
  row: { readonly history: string; readonly subscription: GitCriteria },
): readonly unknown[] | 'error' {
  const history = histories[row.history];
  const compiled = compileGitRule(row.subscription);
  if (!compiled.ok || history === undefined) return 'error';
  const world = new HistoryWorld(history);
  const selected =
    compiled.rule.kind === 'branch' ? world.fromBranch(compiled.rule) : world.fromTags(compiled.rule);
  return selected === 'error'
    ? 'error'
    : selected.map(({ id, ...rest }) => ({ commit: world.nameOf(id), ...rest }));
}

class HistoryWorld {
  readonly #history: FixtureHistory;
  readonly #touched = new Map<string, boolean>();

  constructor(history: FixtureHistory) {
    this.#history = history;
  }

  nameOf(id: string | undefined): string {
    return this.#commits.find((commit) => idOf(this.#history, commit.name) === id)?.name ?? '';
  }

  fromBranch(rule: GitRule & { kind: 'branch' }): readonly DiscoveredCommit[] | 'error' {
    const branch = rule.branch ?? this.#history.head;
    const head = this.#commits.findLast((commit) => commit.branch === branch);
    if (head === undefined) return 'error';
    let count = 0;
    for (;;) {
      const walked = this.#walk(head, count);
      const step = selectFromBranch(rule, walked, { touched: this.#touched, nowMs });
      if (step.kind === 'need-commits') count = step.count;
      else if (step.kind === 'need-touched') this.#look(rule, step.commits);
      else return step.kind === 'kept' ? step.commits : 'error';
    }
  }

  fromTags(rule: GitRule & { kind: 'tags' }): readonly DiscoveredCommit[] | 'error' {
    const all = this.#history.tags ?? [];
    const names = rule.rank(all.map(({ name }) => name));
    const tags = new Map<string, TagFacts extends ReadonlyMap<string, infer T> ? T : never>();
    for (;;) {
      const step = selectFromTags(rule, names, { tags, touched: this.#touched, nowMs });
      if (step.kind === 'need-tags') {
        for (const tag of all) if (step.names.includes(tag.name)) tags.set(tag.name, this.#tagFact(tag));
      } else if (step.kind === 'need-touched') this.#look(rule, step.commits);
      else return step.kind === 'kept' ? step.commits : 'error';
    }
  }

  get #commits(): readonly FixtureCommit[] {
    return this.#history.commits;
  }

  #walk(head: FixtureCommit, count: number): { commits: CommitFact[]; isWhole: boolean } {
    const commits: CommitFact[] = [];
    let at: FixtureCommit | undefined = head;
    for (; at !== undefined && commits.length < count; at = this.#find(at.parents?.[0])) {
      commits.push(this.#commitFact(at));
    }
    return { commits, isWhole: at === undefined };
  }

  #look(rule: GitRule, ids: readonly string[]): void {
    if (rule.paths === undefined || ids.length === 0) throw new Error('the selection asks for nothing');
    for (const id of ids) {
      const commit = this.#find(this.nameOf(id));
      this.#touched.set(id, touches(rule.paths, Object.keys(commit?.changes ?? {})));
    }
  }

  #find(name: string | undefined): FixtureCommit | undefined {
    return this.#commits.find((commit) => commit.name === name);
  }

  #commitFact(commit: FixtureCommit): CommitFact {
    const { author, committer, message } = commit;
    const id = idOf(this.#history, commit.name);
    return { id, author, committer, message: `${message}\n`, committedAt: momentOf(commit.committerDate) };
  }

  #tagFact({ name, target, tagger, date = '', message = '' }: FixtureTag): GitTag | undefined {
    const commit = this.#find(target);
    if (commit === undefined) return undefined;
    const annotation =
      tagger === undefined
        ? {}
        : { annotation: { tagger, taggedAt: momentOf(date), message: `${message}\n` } };
    return { name, commit: this.#commitFact(commit), ...annotation };
  }
}

/** Ids only have to look like ids. */
function idOf({ commits }: FixtureHistory, name: string): string {
  const index = commits.findIndex((commit) => commit.name === name);
  return (index + 1).toString(16).padStart(40, '0');
}

function momentOf(text: string): GitMoment {
  const [, sign, hours = '0', minutes = '0'] = /(?:([+-])(\d\d):(\d\d))$/.exec(text) ?? [];
  const offsetSec = (Number(hours) * 3600 + Number(minutes) * 60) * (sign === '-' ? -1 : 1);
  return { timeSec: Date.parse(text) / 1000, offsetSec };
}
