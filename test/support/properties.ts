import fc from 'fast-check';

/**
 * fast-check with one seed for the whole run, so that a property tells the same story on every machine.
 * `GANTRY_SEED` takes another number, or `random` to look for new counterexamples; a failure prints the seed it had.
 */
const seed = process.env['GANTRY_SEED'] ?? '20261121';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });

export { fc };
