import { describe, expect, test } from 'vitest';
import type { AppError } from '../../src/base/index.ts';
import type { RealFilesLimits } from '../../src/git/workdir/index.ts';
import type { FileTree, Workdir, Worktree } from '../../src/ports/index.ts';
import type { FileDraft } from '../support/memory-objects.ts';
import { describeConfinement } from './workdir-confinement.contract.ts';
import { describeWorkTrees } from './workdir-git.contract.ts';

const signal = new AbortController().signal;

/** How the suite makes what it tests. */
export interface WorkdirUnderTest {
  createWorkdir(limits?: RealFilesLimits): Workdir;
  /** A work tree of these files; `reads` tells what was fetched of it so far. */
  createWorktree(
    files: Readonly<Record<string, FileDraft>>,
    store?: string,
    options?: { readonly sparse?: readonly string[] },
  ): { readonly worktree: Worktree; reads(): readonly string[] };
}

/** What `Workdir` and `FileTree` promise. */
export function describeWorkdir(name: string, make: WorkdirUnderTest): void {
  describeConfinement(name, make);
  describeWorkTrees(name, make);
  describe(`Workdir: ${name}`, () => {
    test('files are written with their parents, read, listed by bytes and removed with empty parents', async () => {
      const workdir = make.createWorkdir();
      for (const path of ['b/x', 'a-b', 'a/y', 'é', 'Z', '\u{1f680}', '\uffee'])
        await write(workdir, path, path);
      expect(await text(workdir, 'a/y')).toBe('a/y');
      const names = (await workdir.list('', signal)).map((entry) => entry.name);
      expect(names).toEqual(['Z', 'a', 'a-b', 'b', 'é', '\uffee', '\u{1f680}']);
      await workdir.remove('b/x', signal);
      expect(await workdir.stat('b', signal)).toBeUndefined();
      expect(await workdir.stat('a', signal)).toEqual({ name: 'a', mode: 'directory' });
      expect(await workdir.stat('', signal)).toEqual({ name: '', mode: 'directory' });
    });

    test('later writes do not change what was written', async () => {
      const workdir = make.createWorkdir();
      const bytes = Buffer.from('one');
      await workdir.write('a', bytes, 'file', signal);
      bytes.write('two');
      expect(await text(workdir, 'a')).toBe('one');
    });

    const clamped: { name: string; path: string; lands: string }[] = [
      { name: 'an absolute path', path: '/etc/passwd', lands: 'etc/passwd' },
      { name: 'dots that climb', path: '../../../etc/passwd', lands: 'etc/passwd' },
      { name: 'dots in the middle', path: 'a/../../b/./c', lands: 'b/c' },
      { name: 'doubled and final slashes', path: '//a///b/', lands: 'a/b' },
      { name: 'dots behind what does not exist', path: 'nope/../a', lands: 'a' },
      { name: 'names that look special', path: '...', lands: '...' },
      { name: 'a backslash', path: '..\\a', lands: '..\\a' },
    ];
    test.each(clamped)('$name lands inside', async ({ path, lands }) => {
      const workdir = make.createWorkdir();
      await write(workdir, path, 'x');
      expect(await tree(workdir)).toEqual([lands]);
      expect(await text(workdir, lands)).toBe('x');
    });

    const links: { name: string; links: Record<string, string>; path: string; lands: string }[] = [
      { name: 'a relative link', links: { 'a/link': '../b' }, path: 'a/link/x', lands: 'b/x' },
      { name: 'an absolute link', links: { link: '/b' }, path: 'link/x', lands: 'b/x' },
      { name: 'a link that climbs', links: { 'a/link': '../../../../b' }, path: 'a/link/x', lands: 'b/x' },
      { name: 'a link to the root', links: { 'a/link': '/' }, path: 'a/link/x', lands: 'x' },
      { name: 'a link to a link', links: { one: 'two', two: 'b' }, path: 'one/x', lands: 'b/x' },
      { name: 'a link to a file that is not there', links: { link: 'b/new' }, path: 'link', lands: 'b/new' },
      { name: 'dots behind a link', links: { link: 'a/b/c' }, path: 'link/../x', lands: 'a/b/x' },
    ];
    test.each(links)('$name resolves inside', async ({ links: all, path, lands }) => {
      const workdir = make.createWorkdir();
      for (const [at, target] of Object.entries(all)) await link(workdir, at, target);
      await write(workdir, path, 'x');
      expect(await text(workdir, lands)).toBe('x');
      expect((await tree(workdir)).toSorted()).toEqual([...Object.keys(all), lands].toSorted());
    });

    test('links in a circle are refused, but can be seen, replaced and removed', async () => {
      const workdir = make.createWorkdir();
      await link(workdir, 'a', 'b');
      await link(workdir, 'b', 'a');
      await link(workdir, 'self', 'self/x');
      for (const path of ['a', 'a/x', 'self', 'self/y']) {
        expect(await codeOf(workdir.read(path, signal)), path).toBe('workdir.invalid-path');
        expect(await codeOf(write(workdir, path, 'x')), path).toBe('workdir.invalid-path');
      }
      expect(await workdir.stat('a', signal)).toEqual({ name: 'a', mode: 'symlink' });
      await link(workdir, 'a', 'c');
      await workdir.remove('b', signal);
      await write(workdir, 'a', 'x');
      expect(await text(workdir, 'c')).toBe('x');
    });

    test('a link is removed itself, never what it leads to', async () => {
      const workdir = make.createWorkdir();
      await write(workdir, 'b/x', 'x');
      await link(workdir, 'link', 'b');
      await workdir.remove('link', signal);
      expect(await tree(workdir)).toEqual(['b/x']);
    });

    test('each mistake has its code', async () => {
      const workdir = make.createWorkdir();
      await write(workdir, 'a/file', 'x');
      expect(await codeOf(workdir.read('nope', signal))).toBe('workdir.not-found');
      expect(await codeOf(workdir.list('nope', signal))).toBe('workdir.not-found');
      expect(await codeOf(workdir.remove('nope', signal))).toBe('workdir.not-found');
      expect(await codeOf(workdir.read('a', signal))).toBe('workdir.is-directory');
      expect(await codeOf(write(workdir, 'a', 'x'))).toBe('workdir.is-directory');
      expect(await codeOf(write(workdir, '/', 'x'))).toBe('workdir.is-directory');
      expect(await codeOf(workdir.list('a/file', signal))).toBe('workdir.not-directory');
      expect(await codeOf(write(workdir, 'a/file/x', 'x'))).toBe('workdir.not-directory');
      expect(await codeOf(workdir.read('a/file/x', signal))).toBe('workdir.not-directory');
      expect(await codeOf(workdir.read('a\0b', signal))).toBe('workdir.invalid-path');
      expect(await codeOf(write(workdir, 'x'.repeat(5000), 'x'))).toBe('workdir.invalid-path');
      expect(await workdir.stat('a/file/x', signal)).toBeUndefined();
      expect(await tree(workdir), 'nothing was changed by what failed').toEqual(['a/file']);
    });

    test('a mounted work tree is read and written in its place', async () => {
      const workdir = make.createWorkdir();
      const { worktree } = make.createWorktree({ 'env/v': '1', up: { mode: 'symlink', text: '../other' } });
      const author = { name: 'A', email: 'a@example.com' };
      workdir.mount('./src', worktree, { author });
      await write(workdir, 'other', 'o');
      expect(await text(workdir, 'src/env/v')).toBe('1');
      await write(workdir, 'src/env/w', '2');
      expect(await text(worktree, 'env/w')).toBe('2');
      expect(await text(workdir, 'src/up'), 'links lead through the work directory').toBe('o');
      expect(await tree(workdir)).toEqual(['other', 'src/env/v', 'src/env/w', 'src/up']);
      expect(workdir.worktreeAt('src/env/v')).toEqual({ worktree, inner: 'env/v', author });
      expect(workdir.worktreeAt('/src/')).toMatchObject({ worktree, inner: '' });
      expect(() => workdir.worktreeAt('other')).toThrow(
        expect.objectContaining({ code: 'git.not-a-worktree' }),
      );
    });

    test('a mount needs a free place, and replaces an earlier mount', async () => {
      const workdir = make.createWorkdir();
      const [one, two] = [make.createWorktree({ v: '1' }), make.createWorktree({ v: '2' })];
      await write(workdir, 'taken/x', 'x');
      const taken = expect.objectContaining({ code: 'workdir.exists' });
      expect(() => workdir.mount('taken', one.worktree)).toThrow(taken);
      expect(() => workdir.mount('taken/x/y', one.worktree)).toThrow(taken);
      workdir.mount('taken/free', one.worktree);
      workdir.mount('taken/free', two.worktree);
      expect(await text(workdir, 'taken/free/v')).toBe('2');
      expect((await workdir.list('taken', signal)).map((entry) => entry.name)).toEqual(['free', 'x']);
      await workdir.remove('taken', signal);
      expect(await tree(workdir)).toEqual([]);
      expect(() => workdir.worktreeAt('taken/free')).toThrow();
    });

    test('a work tree may be the whole work directory', async () => {
      const workdir = make.createWorkdir();
      workdir.mount('.', make.createWorktree({ a: '1' }).worktree);
      await write(workdir, '../b', '2');
      expect(await tree(workdir)).toEqual(['a', 'b']);
      expect(workdir.worktreeAt('b').inner).toBe('b');
    });

    const reserved = [
      '.git/config',
      '.GIT/config',
      'b/.git',
      '.git /x',
      '.git./x',
      '.git::$INDEX/x',
      'git~1/x',
      '.g\u200cit/x',
    ];
    test.each(reserved)('git’s own folder cannot be written: %j', async (path) => {
      const workdir = make.createWorkdir();
      const { worktree } = make.createWorktree({ a: '1', hidden: { mode: 'symlink', text: '.git' } });
      workdir.mount('src', worktree);
      expect(await codeOf(write(workdir, `src/${path}`, 'x'))).toBe('workdir.invalid-path');
      expect(await codeOf(write(worktree, path, 'x'))).toBe('workdir.invalid-path');
      expect(await codeOf(write(workdir, 'src/hidden/config', 'x'))).toBe('workdir.invalid-path');
      expect(await codeOf(worktree.write('.gitmodules', Buffer.from('x'), 'symlink', signal))).toBe(
        'workdir.invalid-path',
      );
    });

    test('reading is lazy: only what is on the way is fetched', async () => {
      const workdir = make.createWorkdir();
      const { worktree, reads } = make.createWorktree({ 'a/b/v': '1', 'c/d': '2', e: '3' });
      workdir.mount('src', worktree);
      expect(reads()).toEqual([]);
      await text(workdir, 'src/a/b/v');
      expect(reads()).toEqual(['tree', 'tree', 'tree', 'blob']);
      await workdir.list('src', signal);
      await write(workdir, 'src/a/b/w', 'x');
      expect(reads()).toHaveLength(4);
    });

    test('a copy takes files by reference, merges folders and leaves links and ".git" out', async () => {
      const workdir = make.createWorkdir();
      const from = make.createWorktree({
        'app/a': '1',
        'app/run': { mode: 'executable', text: '#!' },
        'app/link': { mode: 'symlink', text: 'a' },
        'app/sub/b': '2',
      });
      const to = make.createWorktree({ 'out/a': 'old', 'out/keep': 'k' });
      workdir.mount('src', from.worktree);
      workdir.mount('out', to.worktree);
      await workdir.copy('src/app', 'out/out', undefined, signal);
      await workdir.copy('src/app', 'plain', undefined, signal);
      expect(from.reads(), 'no file has been read').not.toContain('blob');
      expect(await tree(workdir, 'out')).toEqual(['out/a', 'out/keep', 'out/run', 'out/sub/b']);
      expect(await tree(workdir, 'plain')).toEqual(['a', 'run', 'sub/b']);
      expect(await text(workdir, 'out/out/a')).toBe('1');
      expect(await workdir.stat('plain/run', signal)).toEqual({ name: 'run', mode: 'executable' });
      await write(workdir, 'plain/sub/b', 'changed');
      expect(await text(workdir, 'src/app/sub/b'), 'the original is another file').toBe('2');
      const draft = { message: 'm', author: someone, committer: someone, headers: [] };
      expect(await to.worktree.commit(draft, signal)).toMatchObject({ changed: true });
      expect(
        from.reads().filter((read) => read === 'blob'),
        'objects of the same remote are named, not read',
      ).toHaveLength(2);
    });

    test('a copy between remotes carries the bytes', async () => {
      const workdir = make.createWorkdir();
      const from = make.createWorktree({ 'app/a': '1' }, 'https://git.example/one');
      const to = make.createWorktree({ b: '2' }, 'https://git.example/two');
      workdir.mount('from', from.worktree);
      workdir.mount('to', to.worktree);
      await workdir.copy('from/app', 'to/app', undefined, signal);
      const draft = { message: 'm', author: someone, committer: someone, headers: [] };
      await to.worktree.commit(draft, signal);
      expect(from.reads()).toContain('blob');
    });

    test('a copy asks which paths to take, follows its ends, and ends when it goes into itself', async () => {
      const workdir = make.createWorkdir();
      for (const path of ['a/x.yaml', 'a/y.txt', 'a/skip/z.yaml', 'a/.git/config'])
        await write(workdir, path, path);
      await link(workdir, 'from', 'a');
      const asked: string[] = [];
      const accept = (path: string, isDirectory: boolean): boolean => {
        asked.push(path);
        return isDirectory ? path !== 'skip' : path.endsWith('.yaml');
      };
      await workdir.copy('from', 'b', accept, signal);
      expect(await tree(workdir, 'b')).toEqual(['x.yaml']);
      expect(asked.toSorted()).toEqual(['skip', 'x.yaml', 'y.txt']);
      await workdir.copy('a', 'a/copy', undefined, signal);
      expect(await tree(workdir, 'a/copy')).toEqual(['skip/z.yaml', 'x.yaml', 'y.txt']);
      await workdir.copy('a/x.yaml', 'single.yaml', undefined, signal);
      expect(await text(workdir, 'single.yaml')).toBe('a/x.yaml');
      expect(await codeOf(workdir.copy('nope', 'x', undefined, signal))).toBe('workdir.not-found');
      expect(await codeOf(workdir.copy('a', 'single.yaml', undefined, signal))).toBe('workdir.not-directory');
      expect(await codeOf(workdir.copy('single.yaml', 'a', undefined, signal))).toBe('workdir.is-directory');
    });
  });
}

const someone = { name: 'A', email: 'a@example.com', timeSec: 0 };

async function text(files: FileTree, path: string): Promise<string> {
  return Buffer.from(await files.read(path, signal)).toString();
}

function write(files: FileTree, path: string, content: string): Promise<void> {
  return files.write(path, Buffer.from(content), 'file', signal);
}

function link(files: FileTree, path: string, target: string): Promise<void> {
  return files.write(path, Buffer.from(target), 'symlink', signal);
}

/** All files below a path. */
async function tree(files: FileTree, path = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await files.list(path, signal)) {
    if (entry.mode !== 'directory') found.push(entry.name);
    else for (const below of await tree(files, `${path}/${entry.name}`)) found.push(`${entry.name}/${below}`);
  }
  return found;
}

function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: AppError) => error.code,
  );
}
