import { defineErrors } from '../base/index.ts';

/** What can keep a process from starting. */
export const mainErrors = defineErrors({
  'main.bad-setting': {
    disposition: 'stop',
    summary: 'An environment variable or option has a value that is not understood.',
    help: 'Correct the named variable; docs/reference/settings.md lists them.',
  },
  'main.missing-file': {
    disposition: 'stop',
    summary: 'A file that a setting names cannot be read.',
    help: 'Correct the path, or make the file readable.',
  },
  'main.not-served': {
    disposition: 'stop',
    summary: 'The API server has a definition and does not serve its kind.',
    help: 'Look at the conditions of the named CustomResourceDefinition; another definition may hold one of its names.',
  },
});
