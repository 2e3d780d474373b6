import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { chmod, link, lstat, mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AppError } from '../../src/base/index.ts';
import type { Workdir } from '../../src/ports/index.ts';
import { fc } from '../support/properties.ts';
import type { WorkdirUnderTest } from './workdir.contract.ts';

const signal = new AbortController().signal;
const decomposed = 'e\u0301';

/** What `Workdir` promises about names that others chose, and about files that programs have touched. */
export function describeConfinement(name: string, make: WorkdirUnderTest): void {
  describe(`Workdir: ${name}: names`, () => {
    const reserved = [
      '.GiT/config',
      'a/.git',
      '.git\\config',
      'a\\.git\\config',
      'GIT~1/config',
      'git~1 /x',
      '.git.../x',
      '.git:stream',
      '.\u200dgit/x',
      '.gi\ufefft/x',
      '\u202e.git/x',
      '..\\..\\x',
      `${'n'.repeat(256)}/x`,
      'é'.repeat(128),
    ];
    test.each(reserved)('a repository never gets %j', async (path) => {
      const workdir = make.createWorkdir();
      workdir.mount('src', make.createWorktree({ file: '1' }).worktree);
      await expect(write(workdir, `src/${path}`)).rejects.toMatchObject({ code: 'workdir.invalid-path' });
      await write(workdir, 'plain');
      await expect(workdir.copy('plain', `src/${path}`, undefined, signal)).rejects.toMatchObject({
        code: 'workdir.invalid-path',
      });
      await expect(workdir.move('plain', `src/${path}`, signal)).rejects.toMatchObject({
        code: 'workdir.invalid-path',
      });
      expect(await workdir.glob('**', signal)).toEqual(['plain', 'src', 'src/file']);
    });

    const links = ['.gitmodules', '.GITMODULES', 'gitmod~1', 'GI7EBA~1', '.gitmodules ', '.git\u200cmodules'];
    test.each(links)('%j is never a symlink', async (path) => {
      const { worktree } = make.createWorktree({ a: '1' });
      const call = worktree.write(path, Buffer.from('a'), 'symlink', signal);
      await expect(call).rejects.toMatchObject({ code: 'workdir.invalid-path' });
    });

    test('names that only other systems dislike are kept apart and as they are', async () => {
      const workdir = make.createWorkdir();
      const { worktree } = make.createWorktree({ a: '1' });
      workdir.mount('src', worktree);
      const names = [
        'A',
        'CON',
        'aux.yaml',
        'é',
        decomposed,
        '.gitx',
        'git',
        'git~2',
        'dot.',
        'space ',
        'back\\slash',
        '...',
        '.github/x',
        'a:b',
        '\u200d',
      ];
      for (const one of names) await write(workdir, `src/${one}`);
      const listed = (await worktree.list('', signal)).map((entry) => entry.name);
      expect(listed.toSorted()).toEqual(['a', ...names.map((one) => one.split('/')[0] ?? '')].toSorted());
      for (const one of names) expect(await text(workdir, `src/${one}`)).toBe(`src/${one}`);
    });

    test('a repository that brings hostile links leads nowhere', async () => {
      const workdir = make.createWorkdir();
      const { worktree } = make.createWorktree({
        abs: { mode: 'symlink', text: '/etc' },
        up: { mode: 'symlink', text: '../../../../etc' },
        chain: { mode: 'symlink', text: 'up/passwd' },
        loop: { mode: 'symlink', text: 'loop/x' },
        git: { mode: 'symlink', text: '.git' },
        zero: { mode: 'symlink', text: 'a\0b' },
      });
      workdir.mount('src', worktree);
      for (const path of ['abs/passwd', 'up/passwd', 'chain']) {
        expect(await codeOf(workdir.read(`src/${path}`, signal)), path).toBe('workdir.not-found');
      }
      for (const path of ['loop', 'zero']) {
        expect(await codeOf(workdir.read(`src/${path}`, signal)), path).toBe('workdir.invalid-path');
      }
      expect(await codeOf(workdir.write('src/git/config', Buffer.from('x'), 'file', signal))).toBe(
        'workdir.invalid-path',
      );
      await write(workdir, 'src/abs/x');
      expect(await text(workdir, 'etc/x'), 'an absolute link starts at the root of the work directory').toBe(
        'src/abs/x',
      );
    });
  });

  describe(`Workdir: ${name}: real files`, () => {
    test('they look as a checkout, and only what has changed comes back', async () => {
      const workdir = make.createWorkdir();
      const { worktree, reads } = make.createWorktree({
        'app/run': { mode: 'executable', text: '#!' },
        'app/v': '1',
        'app/deep/w': '2',
        'app/link': { mode: 'symlink', text: 'deep/w' },
        'app/same': { mode: 'symlink', text: '../other' },
        'app/crlf': 'x\n',
        '.gitattributes': 'crlf eol=crlf\n',
        other: 'o',
      });
      workdir.mount('src', worktree);
      let root = '';
      {
        await using real = await workdir.materialize(['src/app', 'out/new'], signal);
        root = real.root;
        const app = real.pathOf('src/app');
        expect(readdirSync(app).toSorted()).toEqual(['crlf', 'deep', 'link', 'run', 'same', 'v']);
        expect(await readFile(join(app, 'link'), 'utf8')).toBe('2');
        expect(await readFile(join(app, 'crlf'), 'utf8')).toBe('x\r\n');
        expect((await lstat(join(app, 'run'))).mode & 0o100).toBe(0o100);
        expect(existsSync(join(root, 'src/other')), 'what was not asked for is not there').toBe(false);
        expect(await real.readBack(signal)).toEqual([]);
        await writeFile(join(app, 'v'), 'new');
        await writeFile(join(app, 'deep/w'), '2');
        await chmod(join(app, 'run'), 0o644);
        await rm(join(app, 'link'));
        await symlink('v', join(app, 'link2'));
        await rm(join(app, 'deep'), { recursive: true });
        await writeFile(join(app, 'deep'), 'a file now');
        await mkdir(real.pathOf('out/new'));
        await writeFile(join(real.pathOf('out/new'), 'made'), 'm');
        await writeFile(join(root, 'src/elsewhere'), 'x');
        const changed = [
          'out/new/made',
          'src/app/deep',
          'src/app/deep/w',
          'src/app/link',
          'src/app/link2',
          'src/app/run',
          'src/app/v',
        ];
        expect(await real.readBack(signal)).toEqual(changed);
        expect(await real.readBack(signal), 'nothing has changed since').toEqual([]);
      }
      expect(existsSync(root)).toBe(false);
      expect(await workdir.glob('{src/app,out}/**', signal)).toEqual([
        'out',
        'out/new',
        'out/new/made',
        'src/app',
        'src/app/crlf',
        'src/app/deep',
        'src/app/link2',
        'src/app/run',
        'src/app/same',
        'src/app/v',
      ]);
      expect(await workdir.stat('src/app/run', signal)).toEqual({ name: 'run', mode: 'file' });
      expect(await workdir.readLink('src/app/link2', signal)).toBe('v');
      expect(await text(workdir, 'src/app/v')).toBe('new');
      expect(
        reads().filter((read) => read === 'blob').length,
        'no file was read that was not asked for',
      ).toBe(7);
    });

    test('links that could lead outside are not made, and stay', async () => {
      const workdir = make.createWorkdir();
      const { worktree } = make.createWorktree({
        abs: { mode: 'symlink', text: '/etc/passwd' },
        up: { mode: 'symlink', text: '../../x' },
        detour: { mode: 'symlink', text: 'deep/../../../x' },
        'deep/root': { mode: 'symlink', text: '../..' },
        'deep/fine': { mode: 'symlink', text: '../v' },
        v: '1',
      });
      workdir.mount('src', worktree);
      await using real = await workdir.materialize([''], signal);
      expect(real.leftOut.toSorted()).toEqual(['src/abs', 'src/detour', 'src/up']);
      expect(readdirSync(join(real.root, 'src')).toSorted()).toEqual(['deep', 'v']);
      expect(await readlink(join(real.root, 'src/deep/root'))).toBe('../..');
      expect(await real.readBack(signal)).toEqual([]);
      expect(await workdir.readLink('src/abs', signal)).toBe('/etc/passwd');
    });

    const hostile: { name: string; leave: (root: string) => unknown }[] = [
      { name: 'an absolute symlink', leave: (root) => symlink('/etc/passwd', join(root, 'd/x')) },
      { name: 'a symlink that climbs', leave: (root) => symlink('../../x', join(root, 'd/x')) },
      { name: 'a symlink with a detour', leave: (root) => symlink('../d/../../x', join(root, 'd/x')) },
      {
        name: 'a folder that became a symlink',
        leave: async (root) => {
          await rm(join(root, 'd'), { recursive: true });
          await symlink('/etc', join(root, 'd'));
        },
      },
      { name: 'a hard link', leave: (root) => link(join(root, 'd/v'), join(root, 'd/x')) },
      {
        name: 'a setuid bit',
        leave: async (root) => {
          await writeFile(join(root, 'd/x'), 'x');
          await chmod(join(root, 'd/x'), 0o4755);
        },
      },
      { name: 'a pipe', leave: (root) => execFileSync('mkfifo', [join(root, 'd/x')]) },
    ];
    test.each(hostile)('$name is refused, and nothing is taken', async ({ leave }) => {
      const workdir = make.createWorkdir();
      await write(workdir, 'd/v');
      await using real = await workdir.materialize(['d'], signal);
      await writeFile(join(real.root, 'd/a-new'), 'new');
      await leave(real.root);
      expect(await codeOf(real.readBack(signal))).toBe('workdir.unsafe-file');
      expect(await workdir.glob('**', signal)).toEqual(['d', 'd/v']);
    });

    test('a folder above what was asked for that became a symlink is not walked through', async () => {
      const workdir = make.createWorkdir();
      await write(workdir, 'up/d/v');
      await using elsewhere = await workdir.materialize(['up/d'], signal);
      await using real = await workdir.materialize(['up/d'], signal);
      await writeFile(join(elsewhere.pathOf('up/d'), 'secret'), 'of somebody else');
      await rm(join(real.root, 'up'), { recursive: true });
      await symlink(join(elsewhere.root, 'up'), join(real.root, 'up'));
      await expect(real.readBack(signal)).rejects.toMatchObject({ code: 'workdir.unsafe-file' });
      expect(await workdir.stat('up/d/secret', signal)).toBeUndefined();
    });

    test('whatever links there are, no real file is outside', async () => {
      const name = fc.constantFrom('a', 'b', 'c');
      const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
      const target = fc
        .array(fc.constantFrom('a', 'b', '..', '..', '.', ''), { minLength: 1, maxLength: 5 })
        .map((names) => names.join('/'));
      const drafts = fc.array(fc.tuple(path, fc.option(target)), { maxLength: 10 });
      const property = fc.asyncProperty(
        drafts,
        fc.array(path, { minLength: 1, maxLength: 2 }),
        async (all, asked) => {
          const workdir = make.createWorkdir();
          for (const [at, to] of all) {
            const mode = to === null ? 'file' : 'symlink';
            // What is in the way of others is left out.
            await workdir.write(at, Buffer.from(to ?? 'x'), mode, signal).catch(() => undefined);
          }
          for (const place of asked) {
            const real = await workdir.materialize([place], signal).catch(() => undefined);
            if (real === undefined) continue;
            await using _ = real;
            // With types, links are not followed: two that lead up make more ways than there is time.
            for (const one of readdirSync(real.root, { recursive: true, withFileTypes: true })) {
              const at = join(one.parentPath, one.name);
              if (!existsSync(at)) continue;
              const where = realpathSync(at);
              expect(
                where === realpathSync(real.root) || where.startsWith(`${realpathSync(real.root)}/`),
                at,
              ).toBe(true);
            }
            expect(await real.readBack(signal)).toEqual([]);
          }
        },
      );
      await fc.assert(property, { numRuns: Number(process.env['GANTRY_RUNS'] ?? 60) });
    }, 120_000);

    test('there are limits, and nothing is left behind when they are reached', async () => {
      const workdir = make.createWorkdir({ maxRealFiles: 3, maxRealBytes: 20 });
      for (const path of ['a/1', 'a/2', 'b/1', 'b/2']) await write(workdir, path);
      expect(await codeOf(workdir.materialize(['a', 'b'], signal))).toBe('workdir.too-large');
      await using real = await workdir.materialize(['a'], signal);
      await writeFile(join(real.root, 'a/3'), 'x'.repeat(21));
      expect(await codeOf(real.readBack(signal))).toBe('workdir.too-large');
    });
  });
}

function write(workdir: Workdir, path: string): Promise<void> {
  return workdir.write(path, Buffer.from(path), 'file', signal);
}

async function text(workdir: Workdir, path: string): Promise<string> {
  return Buffer.from(await workdir.read(path, signal)).toString();
}

function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: AppError) => error.code,
  );
}
