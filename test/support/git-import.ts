import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FixtureHistory, GitFixtures } from './git-rows.ts';
import { createTemporaryFolder, git } from './native-git.ts';

/** The histories of the table git-select; only to be called where the table is present. */
export function readGitFixtures(): GitFixtures {
  const root = process.env['GANTRY_SHARED'] ?? join(import.meta.dirname, '../../../shared');
  const text = readFileSync(join(root, 'reference/tables/git-select.fixtures.json'), 'utf8');
  return (JSON.parse(text) as { histories: GitFixtures }).histories;
}

/** Makes a history with native git and pushes it to a repository; gives the names of commits by their ids. */
export async function pushHistory(
  url: string,
  history: FixtureHistory,
): Promise<ReadonlyMap<string, string>> {
  using folder = createTemporaryFolder();
  await git(folder.path, ['init', '-q', '--bare', `--initial-branch=${history.head}`]);
  const marks = join(folder.path, 'marks');
  await git(folder.path, ['fast-import', '--quiet', `--export-marks=${marks}`], { input: toStream(history) });
  await git(folder.path, ['push', '-q', '--mirror', url]);
  const names = new Map<string, string>();
  for (const line of readFileSync(marks, 'utf8').split('\n')) {
    const [mark, id] = line.split(' ');
    const name = history.commits[Number(mark?.slice(1)) - 1]?.name;
    if (id !== undefined && name !== undefined) names.set(id, name);
  }
  return names;
}

/** Further commits on top of a branch that a repository has already; gives the id of the last one. */
export async function pushMore(url: string, branch: string, messages: readonly string[]): Promise<string> {
  using folder = createTemporaryFolder();
  await git(folder.path, ['clone', '-q', '--depth=1', '--branch', branch, url, 'it']);
  const clone = join(folder.path, 'it');
  for (const message of messages) await git(clone, ['commit', '-q', '--allow-empty', '-m', message]);
  await git(clone, ['push', '-q', 'origin', `HEAD:${branch}`]);
  return await git(clone, ['rev-parse', 'HEAD']);
}

/** A history of so many commits on "main", each of which changes its own file of a hundred. */
export function longHistory(count: number): FixtureHistory {
  return {
    head: 'main',
    tags: [],
    commits: Array.from({ length: count }, (_, index) => ({
      name: `c${index}`,
      branch: 'main',
      parents: index === 0 ? null : [`c${index - 1}`],
      message: `commit ${index}`,
      author: 'Ann <ann@example.com>',
      authorDate: dateOf(index),
      committer: 'Ann <ann@example.com>',
      committerDate: dateOf(index),
      changes: { [`apps/app-${index % 100}/values.yaml`]: `value: ${index}\n` },
    })),
  };
}

function dateOf(index: number): string {
  return new Date(Date.UTC(2024, 0, 1) + index * 60_000).toISOString();
}

/** What `git fast-import` reads. */
function toStream({ commits, tags }: FixtureHistory): Buffer {
  const parts: Buffer[] = [];
  const line = (text: string): number => parts.push(Buffer.from(`${text}\n`));
  const data = (text: string): void => {
    const bytes = Buffer.from(text);
    line(`data ${bytes.length}`);
    parts.push(bytes, Buffer.from('\n'));
  };
  const marks = new Map(commits.map(({ name }, index) => [name, `:${index + 1}`]));
  const markOf = (name: string): string => marks.get(name) ?? '';
  for (const commit of commits) {
    const [first, ...others] = commit.parents ?? [];
    // Without it a branch would go on from where an earlier commit left it.
    if (first === undefined) line(`reset refs/heads/${commit.branch}`);
    line(`commit refs/heads/${commit.branch}`);
    line(`mark ${markOf(commit.name)}`);
    line(`author ${commit.author} ${toGitDate(commit.authorDate)}`);
    line(`committer ${commit.committer} ${toGitDate(commit.committerDate)}`);
    data(`${commit.message}\n`);
    if (first !== undefined) line(`from ${markOf(first)}`);
    for (const other of others) line(`merge ${markOf(other)}`);
    for (const [path, content] of Object.entries(commit.changes)) {
      if (content === null) line(`D ${JSON.stringify(path)}`);
      else {
        line(`M 100644 inline ${JSON.stringify(path)}`);
        data(content);
      }
    }
    line('');
  }
  for (const { name, target, tagger, date = '', message = '' } of tags ?? []) {
    if (tagger === undefined) {
      line(`reset refs/tags/${name}`);
      line(`from ${markOf(target)}`);
      line('');
      continue;
    }
    line(`tag ${name}`);
    line(`from ${markOf(target)}`);
    line(`tagger ${tagger} ${toGitDate(date)}`);
    data(`${message}\n`);
  }
  return Buffer.concat(parts);
}

/** E.g. "1709330400 +0530" of "2024-03-02T00:30:00+05:30". */
function toGitDate(text: string): string {
  const zone = /([+-])(\d\d):(\d\d)$/.exec(text);
  return `${Date.parse(text) / 1000} ${zone === null ? '+0000' : `${zone[1]}${zone[2]}${zone[3]}`}`;
}
