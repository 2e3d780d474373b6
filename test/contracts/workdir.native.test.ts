import { chmodSync, existsSync, lutimesSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkdir } from '../../src/git/workdir/index.ts';
import type { GitWorktree } from '../../src/git/worktree.ts';
import type { Workdir } from '../../src/ports/index.ts';
import { encodePack, type GitObject, type ObjectId } from '../../src/wire/git/index.ts';
import { SparseCone } from '../../src/wire/git-files/index.ts';
import { createMemoryWorktree, type FileDraft, MemoryObjects } from '../support/memory-objects.ts';
import { createTemporaryFolder, git, hasNativeGit } from '../support/native-git.ts';
import { fc } from '../support/properties.ts';

const signal = new AbortController().signal;
const person = { name: 'Ann', email: 'ann@example.com', timeSec: 1_700_000_000 };
const submodule = { mode: 'submodule', text: 'c0ffee'.repeat(7).slice(0, 40) } as const;

/** One edit, made on both sides. */
type Edit =
  | { readonly do: 'write'; readonly path: string; readonly text: string; readonly isExecutable: boolean }
  | { readonly do: 'append'; readonly path: string; readonly text: string }
  | { readonly do: 'link'; readonly path: string; readonly target: string }
  | { readonly do: 'copy'; readonly path: string; readonly to: string; readonly isMove: boolean }
  | { readonly do: 'remove'; readonly path: string }
  | { readonly do: 'chmod'; readonly path: string }
  | { readonly do: 'commit' }
  | { readonly do: 'clear'; readonly path: string };

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e.x', 'é');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const text = fc.constantFrom(
  'one\n',
  'one\r\n',
  'two\r\nthree\n',
  '\0\r\n',
  'a\rb\r\n',
  '',
  '$Id$\n',
  '$Id: x y $\r\n',
);
const ignoreText = fc
  .array(fc.constantFrom('a', 'b/', '/c', '*.x', '!a', 'a/b', '**/c', 'd/*', '!d/a', '*', '!*/'), {
    maxLength: 4,
  })
  .map((lines) => lines.join('\n'));
const attributeLine = fc.constantFrom(
  '* text=auto',
  'a text',
  'b -text',
  'c eol=crlf',
  'd ident',
  'a/** text',
  '*.x binary',
  '[attr]m text',
  'c m',
  '* !text',
);
const attributeText = fc.array(attributeLine, { maxLength: 4 }).map((lines) => lines.join('\n'));
const folder = fc.constantFrom('', '', 'a/', 'b/', 'a/b/');
const rules = fc.oneof(
  fc.tuple(
    folder.map((at) => `${at}.gitignore`),
    ignoreText,
  ),
  fc.tuple(
    folder.map((at) => `${at}.gitattributes`),
    attributeText,
  ),
);
const start = fc.record({
  files: fc.array(fc.oneof({ weight: 4, arbitrary: fc.tuple(path, text) }, { weight: 1, arbitrary: rules }), {
    maxLength: 12,
  }),
  hasSubmodule: fc.boolean(),
});
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ do: fc.constant('write' as const), path, text, isExecutable: fc.boolean() }),
  rules.map(([at, content]) => ({ do: 'write' as const, path: at, text: content, isExecutable: false })),
  fc.record({ do: fc.constant('append' as const), path, text }),
  fc.record({ do: fc.constant('link' as const), path, target: fc.constantFrom('a', '../x', '/etc', 'b/c') }),
  fc.record({ do: fc.constant('copy' as const), path, to: path, isMove: fc.boolean() }),
  fc.record({ do: fc.constant('remove' as const), path: fc.oneof(path, fc.constant('sub')) }),
  fc.record({ do: fc.constant('chmod' as const), path }),
  fc.record({ do: fc.constant('commit' as const) }),
  fc.record({ do: fc.constant('clear' as const), path: fc.oneof(fc.constant(''), path) }),
);

describe.skipIf(!hasNativeGit)('Workdir against native git', () => {
  let repository: ReturnType<typeof createTemporaryFolder>;
  let count = 0;
  const objects = new Map<ObjectId, GitObject>();
  const heads: string[] = [];
  beforeAll(async () => {
    repository = createTemporaryFolder();
    await git(repository.path, ['init', '-q', '--bare']);
  });
  afterAll(() => repository[Symbol.dispose]());

  test('random edits give the same trees as `git add -A` and `git write-tree`', async () => {
    const property = fc.asyncProperty(
      start,
      fc.array(edit, { minLength: 1, maxLength: 14 }),
      async (from, edits) => {
        const files = toFiles(from.files);
        if (from.hasSubmodule) files['sub'] = submodule;
        using native = await NativeTree.start(repository.path, files, ++count);
        const source = new MemoryObjects('https://git.example/demo');
        const worktree = createMemoryWorktree(files, source, { commit: native.commit });
        const workdir = createWorkdir();
        workdir.mount('w', worktree);
        expect(worktree.anchor.tree).toBe(native.tree);
        for (const one of [...edits, { do: 'commit' } as const]) await apply(one, native, workdir, worktree);
        for (const [id, object] of worktree.localObjects) objects.set(id, object);
        for (const { id, object } of worktree.localCommits) objects.set(id, object);
        heads.push(worktree.head);
      },
    );
    await fc.assert(property, { numRuns: Number(process.env['GANTRY_RUNS'] ?? 30) });
  }, 300_000);

  test('a sparse checkout keeps what it does not show', async () => {
    const cones = fc.uniqueArray(path, { minLength: 1, maxLength: 2 });
    const edits = fc.array(edit, { minLength: 1, maxLength: 10 });
    const property = fc.asyncProperty(start, cones, edits, async (from, sparse, all) => {
      const files = toFiles(from.files);
      using native = await NativeTree.start(repository.path, files, ++count, sparse);
      const source = new MemoryObjects('https://git.example/demo');
      const worktree = createMemoryWorktree(files, source, { commit: native.commit, sparse });
      const workdir = createWorkdir();
      workdir.mount('w', worktree);
      const cone = new SparseCone(sparse);
      const isHidden = (directory: readonly string[]): boolean => cone.look(directory) === 'nothing';
      const isShown = (at: string): boolean => !isHidden(at.split('/').slice(0, -1));
      // There native git removes what is not shown, and Gantry refuses; a row of its own says so.
      const isFree = (at: string): boolean =>
        !Object.keys(files).some(
          (file) => file.startsWith(`${at}/`) && isHidden(file.split('/').slice(0, -1)),
        );
      const isWithin = (one: Edit): boolean => {
        if (one.do === 'commit') return true;
        if (one.do === 'copy') return isShown(one.path) && isShown(one.to) && isFree(one.to);
        return isShown(one.path) && (isFree(one.path) || one.do === 'remove' || one.do === 'clear');
      };
      const within = all.filter(isWithin);
      for (const one of [...within, { do: 'commit' } as const]) await apply(one, native, workdir, worktree);
    });
    await fc.assert(property, { numRuns: Number(process.env['GANTRY_RUNS'] ?? 15) });
  }, 300_000);

  const replacements = [
    { name: 'a file for a directory that is not shown', sparse: ['b'], path: 'a', want: 'refused' },
    { name: 'a file for a directory that is shown in part', sparse: ['a/b'], path: 'a', want: 'refused' },
    { name: 'a file for a directory that is shown', sparse: ['a'], path: 'a', want: 'kept' },
    { name: 'an ignored file', sparse: ['b'], path: 'a', ignore: '/a\n', want: 'kept' },
  ];
  test.each(replacements)('sparse: $name is $want', async ({ sparse, path: at, ignore, want }) => {
    const files = { 'a/c/d': 'one\n', ...(ignore === undefined ? {} : { '.gitignore': ignore }) };
    using native = await NativeTree.start(repository.path, files, ++count, sparse);
    const source = new MemoryObjects('https://git.example/demo');
    const worktree = createMemoryWorktree(files, source, { commit: native.commit, sparse });
    const workdir = createWorkdir();
    workdir.mount('w', worktree);
    await apply({ do: 'write', path: at, text: 'two\n', isExecutable: false }, native, workdir, worktree);
    if (want === 'kept') return await apply({ do: 'commit' }, native, workdir, worktree);
    const tree = await native.add();
    expect(await git(repository.path, ['ls-tree', '-r', '--name-only', tree]), 'what native git does').toBe(
      at,
    );
    await expect(apply({ do: 'commit' }, native, workdir, worktree)).rejects.toMatchObject({
      code: 'workdir.outside-sparse',
    });
  });

  test('what was made passes `git fsck --strict`', async () => {
    await git(repository.path, ['unpack-objects', '-q', '--strict'], {
      input: await encodePack([...objects.values()]),
    });
    const lines = heads.map((id, index) => `create refs/heads/h${index} ${id}\n`);
    await git(repository.path, ['update-ref', '--stdin'], { input: lines.join('') });
    expect(await git(repository.path, ['fsck', '--strict', '--full', '--no-dangling'])).toBe('');
  }, 120_000);
});

/** Later files take the place of earlier ones that are in their way. */
function toFiles(drafts: readonly (readonly [string, string])[]): Record<string, FileDraft> {
  const files: Record<string, FileDraft> = {};
  for (const [at, content] of drafts) {
    for (const other of Object.keys(files)) {
      if (other.startsWith(`${at}/`) || at.startsWith(`${other}/`)) delete files[other];
    }
    files[at] = content;
  }
  return files;
}

async function apply(one: Edit, native: NativeTree, workdir: Workdir, worktree: GitWorktree): Promise<void> {
  if (one.do === 'commit') {
    const { changed } = await worktree.commit(
      { message: 'm', author: person, committer: person, headers: [] },
      signal,
    );
    const tree = worktree.localCommits.at(-1)?.commit.tree ?? worktree.anchor.tree;
    const want = await native.add();
    expect(tree).toBe(want);
    expect(changed).toBe(native.isChanged(want));
    return;
  }
  if (one.do === 'clear') {
    if (one.path !== '' && (await entryAt(workdir, `w/${one.path}`)) !== 'directory') return;
    await native.clear(one.path);
    await workdir.clear(`w/${one.path}`, signal);
    return;
  }
  if (one.path.startsWith('sub/')) return;
  const at = `w/${one.path}`;
  const entry = await entryAt(workdir, at);
  if (one.do === 'remove') {
    if (entry === undefined) return;
    await native.remove(one.path);
    await workdir.remove(at, signal);
  } else if (one.do === 'chmod') {
    if (entry !== 'file' && entry !== 'executable') return;
    const mode = entry === 'file' ? 'executable' : 'file';
    const content = await workdir.read(at, signal);
    await native.write(one.path, content, mode);
    await workdir.write(at, content, mode, signal);
  } else if (one.do === 'append') {
    if (entry !== 'file' && entry !== 'executable') return;
    const content = Buffer.from(await workdir.read(at, signal));
    expect(content.toString('latin1'), one.path).toBe(await native.read(one.path));
    const more = Buffer.concat([content, Buffer.from(one.text)]);
    await native.write(one.path, more, entry);
    await workdir.write(at, more, entry, signal);
  } else if (one.do === 'copy') {
    const isWithin = `${one.to}/`.startsWith(`${one.path}/`) || `${one.path}/`.startsWith(`${one.to}/`);
    if ((entry !== 'file' && entry !== 'executable') || isWithin) return;
    await makeRoom(one.to, native, workdir);
    await native.copy(one.path, one.to);
    if (one.isMove) {
      await native.remove(one.path);
      await workdir.move(at, `w/${one.to}`, signal);
    } else await workdir.copy(at, `w/${one.to}`, undefined, signal);
  } else {
    await makeRoom(one.path, native, workdir);
    const [content, mode] =
      one.do === 'link'
        ? [one.target, 'symlink' as const]
        : [one.text, one.isExecutable ? ('executable' as const) : ('file' as const)];
    await native.write(one.path, Buffer.from(content), mode);
    await workdir.write(at, Buffer.from(content), mode, signal);
  }
}

/** What is at a path; a path that leads through a symlink is nothing. */
async function entryAt(workdir: Workdir, path: string): Promise<string | undefined> {
  const names = path.split('/');
  for (let length = 1; length < names.length; length++) {
    const above = await workdir.stat(names.slice(0, length).join('/'), signal);
    if (above?.mode !== 'directory') return undefined;
  }
  return (await workdir.stat(path, signal))?.mode;
}

/** Removes what is at a path, and files and links that are in its way. */
async function makeRoom(path: string, native: NativeTree, workdir: Workdir): Promise<void> {
  const names = path.split('/');
  for (let length = 1; length <= names.length; length++) {
    const part = names.slice(0, length).join('/');
    const entry = await entryAt(workdir, `w/${part}`);
    if (entry === undefined || (entry === 'directory' && length < names.length)) continue;
    await native.remove(part);
    await workdir.remove(`w/${part}`, signal);
  }
}

/**
 * A work tree of native git. Its clock is set by hand, because git looks at times to find what has changed: each edit has a
 * time of its own, and the index is always newer.
 */
class NativeTree implements Disposable {
  readonly #repository: string;
  readonly #folder = createTemporaryFolder();
  readonly tree: string;
  readonly commit: string;
  readonly #settings: readonly string[];
  #last: string;
  #time = 1_000_000_000;

  private constructor(repository: string, tree: string, commit: string, isSparse: boolean) {
    this.#repository = repository;
    this.#settings = isSparse ? ['-c', 'core.sparseCheckout=true', '-c', 'core.sparseCheckoutCone=true'] : [];
    this.tree = tree;
    this.commit = commit;
    this.#last = tree;
  }

  static async start(
    repository: string,
    files: Readonly<Record<string, FileDraft>>,
    count: number,
    sparse?: readonly string[],
  ): Promise<NativeTree> {
    const parts: Buffer[] = [
      Buffer.from(`commit refs/heads/s${count}\ncommitter A <a@b> 1700000000 +0000\ndata 2\ns\n`),
    ];
    for (const [at, draft] of Object.entries(files)) {
      const { mode, text } = typeof draft === 'string' ? { mode: 'file', text: draft } : draft;
      if (mode === 'submodule') parts.push(Buffer.from(`M 160000 ${text} ${at}\n`));
      else parts.push(Buffer.from(`M 100644 inline ${at}\ndata ${Buffer.byteLength(text)}\n${text}\n`));
    }
    await git(repository, ['fast-import', '--quiet'], { input: Buffer.concat(parts) });
    const ids = await git(repository, ['rev-parse', `s${count}^{tree}`, `s${count}`]);
    const [tree = '', commit = ''] = ids.split('\n');
    const made = new NativeTree(repository, tree, commit, sparse !== undefined);
    if (sparse !== undefined) writeFileSync(join(repository, 'info/sparse-checkout'), toConePatterns(sparse));
    mkdirSync(made.#at(''), { recursive: true });
    await made.#git('read-tree', '--reset', '-u', tree);
    return made;
  }

  isChanged(tree: string): boolean {
    const isChanged = tree !== this.#last;
    this.#last = tree;
    return isChanged;
  }

  async add(): Promise<string> {
    await this.#git('add', '-A');
    return await this.#git('write-tree');
  }

  async clear(path: string): Promise<void> {
    const pattern = path === '' ? '.' : path;
    // In a sparse checkout both fail when nothing is shown.
    await this.#git('add', '-A', '--', pattern).catch(() => '');
    await this.#git('rm', '-rfq', '--ignore-unmatch', '--', pattern).catch(() => '');
    mkdirSync(this.#at(''), { recursive: true });
  }

  async read(path: string): Promise<string> {
    return await readFile(this.#at(path), 'latin1');
  }

  async write(path: string, content: Uint8Array, mode: 'file' | 'executable' | 'symlink'): Promise<void> {
    const at = this.#at(path);
    await mkdir(dirname(at), { recursive: true });
    if (mode === 'symlink') await symlink(Buffer.from(content).toString(), at);
    else {
      await writeFile(at, content);
      await chmod(at, mode === 'executable' ? 0o755 : 0o644);
    }
    this.#touch(at);
  }

  async copy(from: string, to: string): Promise<void> {
    await mkdir(dirname(this.#at(to)), { recursive: true });
    await copyFile(this.#at(from), this.#at(to));
    chmodSync(this.#at(to), (await lstat(this.#at(from))).mode & 0o777);
    this.#touch(this.#at(to));
  }

  async remove(path: string): Promise<void> {
    await rm(this.#at(path), { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }

  #at(path: string): string {
    return join(this.#folder.path, 'tree', path);
  }

  #touch(at: string): void {
    this.#time += 10;
    lutimesSync(at, this.#time, this.#time);
  }

  #ageIndex(): void {
    const index = join(this.#folder.path, 'index');
    if (existsSync(index)) utimesSync(index, 4_000_000_000, 4_000_000_000);
  }

  #git(...args: string[]): Promise<string> {
    this.#ageIndex();
    const env = {
      GIT_DIR: this.#repository,
      GIT_WORK_TREE: this.#at(''),
      GIT_INDEX_FILE: join(this.#folder.path, 'index'),
    };
    return git(this.#at(''), [...this.#settings, ...args], { env });
  }
}

/** What `git sparse-checkout set --cone` writes. */
function toConePatterns(directories: readonly string[]): string {
  const lines = ['/*', '!/*/'];
  const above = new Set(
    directories.flatMap((directory) => {
      const names = directory.split('/');
      return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
    }),
  );
  const isBelow = (one: string): boolean => directories.some((other) => one.startsWith(`${other}/`));
  const parts = [...above].filter((one) => !directories.includes(one) && !isBelow(one));
  for (const one of [...parts].sort()) lines.push(`/${one}/`, `!/${one}/*/`);
  for (const one of directories) if (!isBelow(one)) lines.push(`/${one}/`);
  return `${lines.join('\n')}\n`;
}
