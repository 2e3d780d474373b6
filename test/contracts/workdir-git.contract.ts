import { describe, expect, test } from 'vitest';
import type { AppError } from '../../src/base/index.ts';
import type { Workdir, Worktree } from '../../src/ports/index.ts';
import type { WorkdirUnderTest } from './workdir.contract.ts';

const signal = new AbortController().signal;
const someone = { name: 'A', email: 'a@example.com', timeSec: 0 };
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`;

/** What `Workdir` and its work trees promise of git's own rules, of patterns and of moves. */
export function describeWorkTrees(name: string, make: WorkdirUnderTest): void {
  function mounted(...[files, store, options]: Parameters<WorkdirUnderTest['createWorktree']>) {
    const workdir = make.createWorkdir();
    const made = make.createWorktree(files, store, options);
    workdir.mount('w', made.worktree);
    return { workdir, ...made };
  }

  describe(`Workdir: ${name}: work trees`, () => {
    test('new files that .gitignore names are not committed and survive git-clear; tracked ones are', async () => {
      const { workdir, worktree } = mounted({ '.gitignore': '*.log\nbuild/\n', 'old.log': '1', a: '1' });
      for (const path of ['new.log', 'old.log', 'build/x', 'b']) await write(workdir, `w/${path}`, '2');
      await commit(worktree);
      expect(await filesOf(worktree)).toEqual(['.gitignore', 'a', 'b', 'build/x', 'new.log', 'old.log']);
      expect((await commit(worktree)).changed, 'what is ignored is no change').toBe(false);
      await worktree.clear('', signal);
      expect(await filesOf(worktree)).toEqual(['build/x', 'new.log']);
      await write(workdir, 'w/old.log', '3');
      await commit(worktree);
      expect((await commit(worktree)).changed).toBe(false);
    });

    test('a file of Git LFS is copied and moved as its pointer; who would read it is told', async () => {
      const { workdir, reads } = mounted({
        '.gitattributes': '*.bin filter=lfs\n',
        'a.bin': pointer,
        b: pointer,
        'c.bin': 'text',
      });
      expect(await codeOf(workdir.read('w/a.bin', signal))).toBe('workdir.lfs-pointer');
      expect(await text(workdir, 'w/b'), 'only attributes make it one').toBe(pointer);
      expect(await text(workdir, 'w/c.bin')).toBe('text');
      const before = reads().length;
      expect(await workdir.copy('w', 'out', undefined, signal)).toEqual({
        files: 4,
        lfsPointers: ['w/a.bin', 'w/c.bin'],
      });
      expect(reads().length, 'nothing was fetched').toBe(before);
      expect(await codeOf(workdir.read('out/a.bin', signal))).toBe('workdir.lfs-pointer');
      await using real = await workdir.materialize(['out'], signal);
      expect(real.lfsPointers).toEqual(['out/a.bin']);
    });

    test('a file for Git LFS that is no pointer is committed as it is, and named', async () => {
      const { workdir, worktree } = mounted({
        '.gitattributes': '*.bin filter=lfs\n',
        'a.bin': pointer,
        'kept.bin': 'plain before',
        b: 'text',
      });
      await workdir.copy('w/a.bin', 'w/copy.bin', undefined, signal);
      await workdir.copy('w/b', 'w/d/moved.bin', undefined, signal);
      await write(workdir, 'w/written.bin', pointer);
      await write(workdir, 'w/c.bin', 'text');
      await write(workdir, 'w/c.txt', 'text');
      expect(await commit(worktree)).toMatchObject({ changed: true, plainLfs: ['c.bin', 'd/moved.bin'] });
      expect(await commit(worktree)).toMatchObject({ changed: false, plainLfs: [] });
    });

    test('eol=crlf is shown as a checkout shows it, wherever the file goes', async () => {
      const { workdir, worktree } = mounted({
        '.gitattributes': '*.bat eol=crlf\n',
        'a.bat': 'x\ny\n',
        b: 'x\n',
      });
      expect(await text(workdir, 'w/a.bat')).toBe('x\r\ny\r\n');
      expect(await text(workdir, 'w/b')).toBe('x\n');
      await workdir.copy('w/a.bat', 'w/plain', undefined, signal);
      await workdir.move('w/a.bat', 'w/b.bat', signal);
      expect(await text(workdir, 'w/plain')).toBe('x\r\ny\r\n');
      expect(await text(workdir, 'w/b.bat')).toBe('x\r\ny\r\n');
      await write(workdir, 'w/.gitattributes', '');
      expect(await text(workdir, 'w/b'), 'a later rule does not change what is there').toBe('x\n');
      await commit(worktree);
    });

    test('another encoding is refused when it would have to be written', async () => {
      const { workdir, worktree } = mounted({
        '.gitattributes': '*.txt working-tree-encoding=UTF-16\n',
        'a.txt': 'x',
      });
      await write(workdir, 'w/b', '1');
      await commit(worktree);
      await write(workdir, 'w/a.txt', '2');
      expect(await codeOf(commit(worktree))).toBe('workdir.unsupported-encoding');
    });

    test('submodules are seen and kept, and nothing is written below them', async () => {
      const sub = { mode: 'submodule', text: '1'.repeat(40) } as const;
      const { workdir, worktree } = mounted({ 'lib/sub': sub, a: '1' });
      expect(await workdir.list('w/lib', signal)).toEqual([
        { name: 'sub', mode: 'submodule', commit: sub.text },
      ]);
      for (const path of ['w/lib/sub', 'w/lib/sub/x']) {
        expect(await codeOf(write(workdir, path, 'x')), path).toMatch(/^workdir\.(?:not|is)-directory$/);
      }
      await write(workdir, 'w/lib/b', '2');
      await commit(worktree);
      expect(await worktree.stat('lib/sub', signal)).toMatchObject({ name: 'sub', mode: 'submodule' });
      await workdir.remove('w/lib/sub', signal);
      expect((await commit(worktree)).changed).toBe(true);
    });

    test('the files of a submodule are shown, belong to no checkout, and go when it is cleared', async () => {
      const { workdir, worktree } = mounted({ sub: { mode: 'submodule', text: '1'.repeat(40) }, a: '1' });
      const other = mounted({ b: '1' }).worktree;
      workdir.mountSubmodule('w/sub', other);
      expect(await text(workdir, 'w/sub/b')).toBe('1');
      expect(workdir.worktreeAt('w/sub/b').worktree).toBe(worktree);
      await write(workdir, 'w/sub/b', '2');
      expect((await commit(worktree)).changed, 'nothing of it is in the work tree above').toBe(false);
      expect(() => workdir.mountSubmodule('w', other)).toThrow(/is checked out at "w"/);
      await workdir.clear('w', signal);
      expect(await workdir.stat('w/sub', signal)).toBeUndefined();
      expect((await commit(worktree)).changed).toBe(true);
    });

    test('a sparse work tree shows its directories, keeps the others and refuses what is new outside', async () => {
      const files = { top: 't', 'a/f': '1', 'a/b/g': '2', 'a/c/h': '3', 'd/i': '4' };
      const { workdir, worktree, reads } = mounted(files, undefined, { sparse: ['a/b'] });
      expect(await filesOf(worktree)).toEqual(['a/b/g', 'a/f', 'top']);
      expect(await workdir.stat('w/d', signal)).toBeUndefined();
      await workdir.remove('w/a', signal);
      await write(workdir, 'w/a/b/new', 'n');
      await commit(worktree);
      expect(reads().filter((read) => read === 'blob')).toEqual([]);
      await write(workdir, 'w/d/new', 'n');
      expect(await codeOf(commit(worktree))).toBe('workdir.outside-sparse');
    });

    test('branches of one repository stand at several paths, each with its own changes', async () => {
      const workdir = make.createWorkdir();
      const [main, prod] = [make.createWorktree({ v: '1' }), make.createWorktree({ v: '2' })];
      workdir.mount('src/main', main.worktree);
      workdir.mount('src/prod', prod.worktree);
      await workdir.copy('src/main', 'src/prod', undefined, signal);
      expect(await text(workdir, 'src/prod/v')).toBe('1');
      expect((await commit(prod.worktree)).changed).toBe(true);
      expect((await commit(main.worktree)).changed).toBe(false);
    });
  });

  describe(`Workdir: ${name}: patterns and moves`, () => {
    const patterns = [
      { pattern: '*', want: ['a', 'b.yaml', 'w'], because: '' },
      {
        pattern: '**/*.yaml',
        want: ['a/c.yaml', 'a/d/e.yaml', 'b.yaml', 'w/.x.yaml'],
        because: 'names with a dot match',
      },
      {
        pattern: './a/**',
        want: ['a', 'a/c.yaml', 'a/d', 'a/d/e.yaml', 'a/link'],
        because: 'links are not followed',
      },
      { pattern: 'a/{c,d/e}.{yaml,yml}', want: ['a/c.yaml', 'a/d/e.yaml'], because: '' },
      { pattern: 'a/[a-c]*', want: ['a/c.yaml'], because: '' },
      { pattern: 'w/.x.yaml', want: ['w/.x.yaml'], because: '' },
      { pattern: 'no/**/such', want: [], because: '' },
    ];
    test.each(patterns)('$pattern', async ({ pattern, want, because }) => {
      const { workdir } = mounted({ '.x.yaml': '1' });
      for (const path of ['a/c.yaml', 'a/d/e.yaml', 'b.yaml']) await write(workdir, path, path);
      await workdir.write('a/link', Buffer.from('d'), 'symlink', signal);
      expect(await workdir.glob(pattern, signal), because).toEqual(want);
    });

    test.each(['a/[', 'a{b', '../x', 'a\\'])('the pattern %j is refused', async (pattern) => {
      expect(await codeOf(make.createWorkdir().glob(pattern, signal))).toBe('workdir.invalid-path');
    });

    test('a move takes files, links and executable bits along, by reference', async () => {
      const { workdir, reads } = mounted({
        'a/run': { mode: 'executable', text: '#!' },
        'a/link': { mode: 'symlink', text: 'run' },
        b: '1',
      });
      await workdir.move('w/a', 'w/c/d', signal);
      expect(await workdir.glob('w/**', signal)).toEqual([
        'w',
        'w/b',
        'w/c',
        'w/c/d',
        'w/c/d/link',
        'w/c/d/run',
      ]);
      expect(await workdir.stat('w/c/d/run', signal)).toEqual({ name: 'run', mode: 'executable' });
      expect(await workdir.readLink('w/c/d/link', signal)).toBe('run');
      await workdir.move('w/b', 'w/c/d/run', signal);
      expect(await workdir.stat('w/c/d/run', signal)).toEqual({ name: 'run', mode: 'file' });
      expect(reads().filter((read) => read === 'blob')).toEqual(['blob']);
      const refused = [
        { from: 'w/c', to: 'w/c/d/e', want: 'workdir.invalid-path' },
        { from: 'w', to: 'x', want: 'workdir.invalid-path' },
        { from: 'w/c/d/run', to: 'w/c/d', want: 'workdir.exists' },
        { from: 'nope', to: 'x', want: 'workdir.not-found' },
      ];
      for (const { from, to, want } of refused)
        expect(await codeOf(workdir.move(from, to, signal)), from).toBe(want);
    });
  });
}

function write(workdir: Workdir, path: string, content: string): Promise<void> {
  return workdir.write(path, Buffer.from(content), 'file', signal);
}

async function text(workdir: Workdir, path: string): Promise<string> {
  return Buffer.from(await workdir.read(path, signal)).toString();
}

function commit(worktree: Worktree): Promise<{ readonly changed: boolean }> {
  return worktree.commit({ message: 'm', author: someone, committer: someone, headers: [] }, signal);
}

/** All files of a work tree, sorted. */
async function filesOf(worktree: Worktree, path = ''): Promise<string[]> {
  const found: string[] = [];
  for (const { name, mode } of await worktree.list(path, signal)) {
    const at = path === '' ? name : `${path}/${name}`;
    if (mode === 'directory') found.push(...(await filesOf(worktree, at)));
    else found.push(at);
  }
  return found.sort();
}

function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: AppError) => error.code,
  );
}
