import { defineErrors } from '../../base/index.ts';

/** Errors of git's wire formats. */
export const gitWireErrors = defineErrors({
  'git-wire.malformed': {
    disposition: 'retry',
    summary: 'What the other side sent is not git’s protocol.',
    help: 'Check that the address is a git repository and that no proxy or login page answers in its place.',
  },
  'git-wire.remote-error': {
    disposition: 'stop',
    summary: 'The other side ended the exchange with an error of its own.',
    help: 'Read the text that the server sent.',
  },
  'git-wire.object-malformed': {
    disposition: 'stop',
    summary: 'A git object cannot be read or cannot be written as given.',
    help: 'Run git fsck on the repository.',
  },
  'git-wire.pack-malformed': {
    disposition: 'retry',
    summary: 'A pack is damaged or cut off.',
    help: 'It is fetched again; if it stays, run git fsck on the server.',
  },
  'git-wire.base-missing': {
    disposition: 'retry',
    summary: 'A pack refers to an object that is neither in it nor known.',
    help: 'It is fetched again; if it stays, run git fsck on the server.',
  },
  'git-wire.too-large': {
    disposition: 'stop',
    summary: 'A pack, object or message is larger than its limit.',
    help: 'Check that the address is the one you mean; the limit protects the process.',
  },
  'git-wire.unsupported': {
    disposition: 'stop',
    summary: 'The repository needs something that is not supported, such as SHA-256 object names.',
    help: 'Use a repository with SHA-1 object names on a server that speaks protocol version 0 or 2.',
  },
});
