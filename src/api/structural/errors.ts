import { defineErrors } from '../../base/index.ts';

/** The errors of turning schemas into CustomResourceDefinitions. */
export const structuralErrors = defineErrors({
  'structural.impossible': {
    disposition: 'stop',
    summary: 'A schema of a kind uses a construct that a CustomResourceDefinition cannot express.',
    help: 'Change the schema at the path that the message names; only its authors can meet this error.',
  },
});
