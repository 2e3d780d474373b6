import { defineErrors } from '../base/index.ts';

/** Errors of running programs. */
export const programsErrors = defineErrors({
  'programs.not-runnable': {
    disposition: 'stop',
    summary: 'A program cannot be started: it is absent, not a file, or not executable.',
    help: 'Put the program into the image or mount it, and set its execute bit.',
  },
  'programs.timeout': {
    disposition: 'retry',
    summary: 'A program did not end within its time limit; it and its descendants were killed.',
    help: 'Run the program by hand in the same container and see what it waits for.',
  },
  'programs.too-much-output': {
    disposition: 'stop',
    summary: 'A program wrote more than its limit; it and its descendants were killed.',
    help: 'Let the program write only what is asked of it.',
  },
  'programs.too-much-memory': {
    disposition: 'stop',
    summary: 'A program and its descendants used more memory than their limit and were killed.',
    help: 'Give the program less to do; the limit protects the process that started it.',
  },
});
