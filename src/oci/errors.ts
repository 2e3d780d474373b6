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
    summary: 'The registry asks for a pause, or failed again and again and is left alone for a while.',
    help: 'It is tried again after the delay that the registry asks for; a credential often raises the limit',
  },
  'oci.busy': {
    disposition: 'wait',
    summary: 'More requests wait for the registry than its budget lets through in a minute.',
    help: 'It is tried again by itself; IMAGE_REGISTRY_RATE_LIMIT sets the budget of each registry',
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
  'oci.too-large': {
    disposition: 'stop',
    summary: 'A tag list, a document or a blob is larger than the limit for its kind.',
    help: 'Delete tags that nobody needs; what is pushed as an image must be one',
  },
  'oci.digest-mismatch': {
    disposition: 'retry',
    summary: 'Content does not have the digest that it was asked for by.',
    help: 'Something changes content on its way, a proxy or a broken mirror; check what stands between',
  },
  'oci.unsupported-media-type': {
    disposition: 'retry',
    summary:
      'A tag points to something that is not an image or an index of images, or to one of the first format.',
    help: 'Exclude the tag with ignoreTagsRegexes, or push the image with a current tool',
  },
  'oci.invalid-reference': {
    disposition: 'stop',
    summary: 'The repository or tag is not one that a registry can have.',
    help: 'Correct repoURL or constraint',
  },
  'oci.push-refused': {
    disposition: 'stop',
    summary: 'The registry does not accept what is pushed.',
    help: 'Check that the credential may push, that the tag may be overwritten, and the quota of the repository',
  },
});
