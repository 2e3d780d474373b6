import { defineErrors } from '../base/index.ts';

/** Errors of talking to image registries; each message names registry, repository and tag. */
export const ociErrors = defineErrors({
  'oci.auth-failed': {
    disposition: 'stop',
    summary: 'The registry refuses the credential, or asks for one where there is none.',
    help: 'Add or correct the Secret labeled kargo.akuity.io/cred-type=image whose repoURL matches this repository',
  },
  'oci.not-found': {
    disposition: 'retry',
    summary: 'The registry does not know the repository, or hides it from this credential.',
    help: 'Check the spelling of repoURL, that something was pushed, and that the credential may read it',
  },
  'oci.rate-limited': {
    disposition: 'wait',
    summary: 'The registry answers that too many requests were made.',
    help: 'It is tried again after the delay that the registry asks for; a credential often raises the limit',
  },
  'oci.unreachable': {
    disposition: 'retry',
    summary: 'No usable answer from the registry: no connection, a time-out, or a server error.',
    help: 'Check the registry and the network between; it is tried again with increasing delays',
  },
  'oci.protocol': {
    disposition: 'retry',
    summary: 'The answer is not what the distribution specification says.',
    help: 'Check that repoURL names an image registry and that no proxy answers in its place',
  },
  'oci.digest-mismatch': {
    disposition: 'retry',
    summary: 'Content does not have the digest that it was asked for by.',
    help: 'Something changes content on its way, a proxy or a broken mirror; check what stands between',
  },
  'oci.unsupported-media-type': {
    disposition: 'retry',
    summary: 'A tag points to something that is not an image or an index of images.',
    help: 'Exclude the tag with ignoreTagsRegexes, or push the image with a current tool',
  },
  'oci.invalid-reference': {
    disposition: 'stop',
    summary: 'The repository or tag is not one that a registry can have.',
    help: 'Correct repoURL or constraint',
  },
});
