import { defineErrors } from '../base/index.ts';

/** Errors of the command line itself. */
export const cliErrors = defineErrors({
  'cli.usage': {
    disposition: 'stop',
    summary: 'A command line that cannot be understood, or that leaves something open.',
    help: 'Run the command with --help.',
  },
  'cli.not-found': {
    disposition: 'stop',
    summary: 'The object named on the command line does not exist.',
    help: 'Check the name and the namespace; "gantry get" lists what there is.',
  },
  'cli.refused': {
    disposition: 'stop',
    summary: 'What was asked for is not possible now.',
    help: 'Remove the named cause, then repeat the command.',
  },
  'cli.no-sandbox': {
    disposition: 'stop',
    summary: 'The command speaks to a sandbox, and the kubeconfig does not belong to a running one.',
    help: 'Start "gantry sandbox" or "gantry demo" and name its kubeconfig by --kubeconfig or KUBECONFIG.',
  },
});
