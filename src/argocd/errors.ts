import { defineErrors } from '../base/index.ts';

/** What can go wrong between Gantry and Argo CD. */
export const argocdErrors = defineErrors({
  'argocd.conflict': {
    disposition: 'retry',
    summary: 'An Application was changed by somebody else between reading and writing it.',
    help: 'Nothing to do: it is read again.',
  },
  'argocd.not-found': {
    disposition: 'retry',
    summary: 'An Application does not exist.',
    help: 'Create the Application, or correct its name or namespace in the step.',
  },
  'argocd.forbidden': {
    disposition: 'stop',
    summary: 'The control plane does not permit Gantry to read or change Applications.',
    help: 'Grant get, list, watch and patch on applications.argoproj.io in that namespace.',
  },
  'argocd.unavailable': {
    disposition: 'stop',
    summary: 'Argo CD is not installed, or its integration is switched off.',
    help: 'Install Argo CD and set ARGOCD_INTEGRATION_ENABLED, or remove the Argo CD steps.',
  },
  'argocd.unreachable': {
    disposition: 'retry',
    summary: 'The control plane that holds the Applications did not answer.',
    help: 'Look at the connection; it is tried again.',
  },
});
