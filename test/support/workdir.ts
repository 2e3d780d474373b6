/** The genuine work directory: it is in memory, so a test needs no other. */
export { createWorkdir } from '../../src/git/workdir/index.ts';
