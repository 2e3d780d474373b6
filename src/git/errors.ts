import { defineErrors } from '../base/index.ts';

/** The codes of git repositories. */
export const gitErrors = defineErrors({
  'git.auth-failed': {
    disposition: 'stop',
    summary: 'The git host refused the credentials, or asks for some and none are configured.',
    help: 'Check the Secret of type git for this repository: its URL, username and password, token or key, and its rights.',
  },
  'git.host-key-changed': {
    disposition: 'stop',
    summary: 'An SSH host shows another key than the one that is known of it; somebody may be in between.',
    help: 'Ask who runs the host. If its key was changed on purpose, correct the known hosts, or remove its line from the Secret gantry-ssh-known-hosts.',
  },
  'git.host-key-unknown': {
    disposition: 'stop',
    summary: 'Nothing is known of an SSH host, and its first key is not to be trusted unseen.',
    help: 'Add its key to the known hosts of the credential or of the operator; compare it with what the host publishes.',
  },
  'git.ssh-key-unusable': {
    disposition: 'stop',
    summary: 'The SSH key of a credential is encrypted, damaged or of a kind that cannot be used.',
    help: 'Store an unencrypted private key of ed25519, RSA or ECDSA as sshPrivateKey.',
  },
  'git.not-found': {
    disposition: 'stop',
    summary: 'There is no git repository at the URL, or it is hidden from these credentials.',
    help: 'Check the URL; private repositories answer like missing ones when credentials are missing.',
  },
  'git.ref-not-found': {
    disposition: 'stop',
    summary: 'The branch, tag or commit does not exist in the repository.',
    help: 'Create it, or correct its name.',
  },
  'git.push-rejected': {
    disposition: 'stop',
    summary: 'The git host refused the push for a reason that trying again does not change.',
    help: 'Read the reason that the host gives.',
  },
  'git.branch-protected': {
    disposition: 'stop',
    summary: 'The git host protects the branch from this push.',
    help: 'Push to a branch of its own (generateTargetBranch) and open a pull request, or let the credential past the rule.',
  },
  'git.hook-declined': {
    disposition: 'stop',
    summary: 'A hook of the git host refused the commits.',
    help: 'Read what the hook says; often it wants another commit message, author or signature.',
  },
  'git.push-raced': {
    disposition: 'retry',
    summary: 'The branch moved again and again while commits were pushed to it.',
    help: 'It is tried again; raise maxAttempts when many writers share the branch.',
  },
  'git.conflict': {
    disposition: 'stop',
    summary: 'The branch holds other changes of the same lines or files.',
    help: 'Promote again, so that the edit is made on top of what the branch holds now.',
  },
  'git.rebase-unsafe': {
    disposition: 'stop',
    summary:
      'The branch has moved, and the commits cannot be rebased without losing what their signatures say.',
    help: 'Promote again; or let the operator choose another GIT_PUSH_INTEGRATION_POLICY, such as RebaseOrMerge.',
  },
  'git.signing-key-unusable': {
    disposition: 'stop',
    summary: 'The private key that commits or tags are to be signed with cannot be read or may not sign.',
    help: 'Give an armored OpenPGP private key or an SSH private key (ed25519, rsa, ecdsa); a protected one needs its passphrase.',
  },
  'git.bad-ref-name': {
    disposition: 'stop',
    summary: 'No branch or tag may have this name.',
    help: 'Leave out spaces, "..", "~", "^", ":", "?", "*" and "[", and do not begin with "-" or end with ".lock".',
  },
  'git.tag-exists': {
    disposition: 'stop',
    summary: 'There is a tag of this name already.',
    help: 'Give each promotion a tag of its own, e.g. with the version of the image in its name.',
  },
  'git.uncommitted': {
    disposition: 'stop',
    summary:
      'Files were changed after the last commit, and the branch has moved, so that the commits must be rebased.',
    help: 'Put a git-commit step behind the steps that change files.',
  },
  'git.protocol': {
    disposition: 'retry',
    summary: 'The answer is not what the git protocol says, or is cut off.',
    help: 'Check that the URL leads to a git host and that no proxy or login page answers in its place.',
  },
  'git.unreachable': {
    disposition: 'retry',
    summary: 'The git host cannot be reached, is too slow or reports an error of its own.',
    help: 'Check the host name, network, proxy and certificate.',
  },
  'git.rate-limited': {
    disposition: 'wait',
    summary: 'The git host asks for fewer requests.',
    help: 'Nothing to do: it is tried again when the host allows it.',
  },
  'git.unsupported': {
    disposition: 'stop',
    summary: 'The repository or URL needs something that is not supported yet.',
    help: 'Use an https or ssh URL and a repository with SHA-1 object names.',
  },
  'git.object-missing': {
    disposition: 'stop',
    summary:
      'An object that was pinned does not exist in the repository any more, or was never seen by this identity.',
    help: 'Promote again; the history of the branch was probably rewritten.',
  },
  'git.not-a-worktree': {
    disposition: 'stop',
    summary: 'A step names a path where no repository is checked out.',
    help: 'Use the path of a checkout that git-clone made.',
  },
  'git.too-large': {
    disposition: 'stop',
    summary: 'What is to be fetched or pushed is larger than the limit.',
    help: 'Keep large files out of the paths that the promotion reads.',
  },
});
