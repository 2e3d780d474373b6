import { createWorkdir } from '../../src/git/workdir/index.ts';
import { createMemoryWorktree, MemoryObjects } from '../support/memory-objects.ts';
import { describeWorkdir } from './workdir.contract.ts';

describeWorkdir('in memory, over git objects', {
  createWorkdir,
  createWorktree(files, store = 'https://git.example/demo', options = {}) {
    const source = new MemoryObjects(store);
    return { worktree: createMemoryWorktree(files, source, options), reads: () => source.reads };
  },
});
