import { defineErrors } from '../base/index.ts';

/** Errors of the Kubernetes client, the watch cache and the runner. */
export const kubeErrors = defineErrors({
  'kube.conflict': {
    disposition: 'retry',
    summary: 'The object has changed since it was read, or a precondition of the write did not hold',
    help: 'Nothing to do: the work is repeated with the newest object',
  },
  'kube.not-found': {
    disposition: 'retry',
    summary: 'The object, or the namespace it should be created in, does not exist',
    help: 'Create the named object, or remove the reference to it',
  },
  'kube.already-exists': {
    disposition: 'retry',
    summary: 'An object of this name exists already',
    help: 'Choose another name, or change the object that is there',
  },
  'kube.invalid': {
    disposition: 'stop',
    summary:
      'The API server refused the object: a field is missing, malformed or may not change, or admission denied it',
    help: 'Change the named fields',
  },
  'kube.forbidden': {
    disposition: 'wait',
    summary: 'The API server does not permit the request',
    help: 'Grant the named verb on the named resource to the service account of this process',
  },
  'kube.unauthorized': {
    disposition: 'retry',
    summary: 'The API server does not know the credential',
    help: 'Renew the token or certificate in the kubeconfig of this process',
  },
  'kube.gone': {
    disposition: 'retry',
    summary: 'The version asked for has been compacted away',
    help: 'Nothing to do: the objects are listed again',
  },
  'kube.too-many-requests': {
    disposition: 'wait',
    summary: 'The API server asks to slow down',
    help: 'Nothing to do: the request is repeated after the stated delay',
  },
  'kube.unavailable': {
    disposition: 'retry',
    summary: 'The API server, or a webhook it calls, failed to answer the request',
    help: 'Look at the health of the API server and of the admission webhooks it calls',
  },
  'kube.unreachable': {
    disposition: 'retry',
    summary: 'No connection to the API server, or no answer within the time limit',
    help: 'Check the server address in the kubeconfig, the network and the certificate authority',
  },
  'kube.protocol': {
    disposition: 'retry',
    summary: 'The answer is not what a Kubernetes API server sends',
    help: 'Check that the server address in the kubeconfig is that of an API server, not of a proxy or login page',
  },
  'kube.unknown-type': {
    disposition: 'wait',
    summary: 'The API server does not serve this resource type',
    help: 'Install the CustomResourceDefinition of the named resource',
  },
  'kube.not-watched': {
    disposition: 'stop',
    summary: 'An object type or index was read from the cache that this process does not watch',
    help: 'This is a mistake in the program; report it',
  },
  'kube.unsupported-version': {
    disposition: 'stop',
    summary:
      'The API server uses resource versions that are not unsigned integers, so newer and older cannot be told apart',
    help: 'Use an API server that stores its objects in etcd, or one that numbers its versions like it',
  },
  'kube.bad-config': {
    disposition: 'stop',
    summary:
      'The kubeconfig cannot be used: no such file or context, no server address, or a credential that cannot be read',
    help: 'Check KUBECONFIG and its current context',
  },
  'kube.not-leader': {
    disposition: 'retry',
    summary: 'This process does not hold the lease that permits it to write, or has just lost it',
    help: 'Nothing to do: another replica takes over; if it happens often, look at the latency of the API server',
  },
  'kube.unsupported': {
    disposition: 'stop',
    summary: 'The API server does not know this kind of request, such as server-side apply',
    help: 'Use a genuine API server of a supported version',
  },
  'kube.pass-deadline': {
    disposition: 'retry',
    summary: 'A pass over an object took longer than its controller allows',
    help: 'Look at the log for what the pass was waiting for',
  },
});
