import { afterAll, beforeAll } from 'vitest';
import { Signers } from '../../src/git/signing/signer.ts';
import { createWorkdir } from '../../src/git/workdir/index.ts';
import type { ObjectSource } from '../../src/git/workdir/node.ts';
import { GitWorktree } from '../../src/git/worktree.ts';
import { parseObjectId } from '../../src/wire/git/index.ts';
import { type GitWorld, startGitWorld } from '../support/git-world.ts';
import { MemoryObjects } from '../support/memory-objects.ts';
import { describeWorkdir } from './workdir.contract.ts';

const signal = AbortSignal.timeout(120_000);
let world: GitWorld;
let count = 0;
beforeAll(async () => {
  world = await startGitWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describeWorkdir('over a git server', {
  createWorkdir,
  createWorktree(files, store = 'https://git.example/demo', options = {}) {
    const memory = new MemoryObjects(store);
    const tree = memory.addTree(files);
    // What calls itself one store is one repository.
    const name = `example/${store.split('/').at(-1) ?? ''}`;
    const repository = world.server.createRepository(name);
    for (const object of memory.objects) repository.write(object);
    const branch = `b${++count}`;
    const who = 'A <a@example.com> 0 +0000';
    const data = Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nm\n`);
    const commit = repository.write({ type: 'commit', data });
    world.server.setBranch(name, branch, commit);
    const remote = { url: `https://github.com/${name}.git`, credential };
    const reads: string[] = [];
    const source = countReads(store, reads, async () => {
      const worktree = await world.git.checkout(remote, { commit, branch }, signal);
      if (!(worktree instanceof GitWorktree)) throw new Error('the adapter makes other work trees');
      return worktree.source;
    });
    const anchor = { commit, tree: parseObjectId(tree) };
    return {
      worktree: new GitWorktree({
        remote,
        branch,
        anchor,
        sourceOf: () => source,
        signers: new Signers(),
        ...options,
      }),
      reads: () => reads,
    };
  },
});

const credential = { identity: 'secret demo/git', username: 'gantry-bot', password: 'good-token' };

/** A source that is opened when something is read, and that notes what is. */
function countReads(store: string, reads: string[], open: () => Promise<ObjectSource>): ObjectSource {
  let opened: Promise<ObjectSource> | undefined;
  const get = (): Promise<ObjectSource> => {
    opened ??= open();
    return opened;
  };
  return {
    store,
    async readTree(id, within) {
      reads.push('tree');
      return (await get()).readTree(id, within);
    },
    async readBlob(id, within) {
      reads.push('blob');
      return (await get()).readBlob(id, within);
    },
    prefetchTrees: async (id, within) => (await get()).prefetchTrees(id, within),
  };
}
