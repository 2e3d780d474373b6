import { defineErrors } from '../../base/index.ts';

/** The codes of work directories and of the file trees in them. */
export const workdirErrors = defineErrors({
  'workdir.not-found': {
    disposition: 'stop',
    summary: 'There is no file or directory at a path.',
    help: 'Check the path against the files of the checkout.',
  },
  'workdir.is-directory': {
    disposition: 'stop',
    summary: 'A file was expected and a directory is there.',
    help: 'Name a file.',
  },
  'workdir.not-directory': {
    disposition: 'stop',
    summary: 'A directory was expected and a file is there.',
    help: 'Name a directory, or remove the file that is in the way.',
  },
  'workdir.not-symlink': {
    disposition: 'stop',
    summary: 'A symlink was expected and something else is there.',
    help: 'Name a symlink.',
  },
  'workdir.invalid-path': {
    disposition: 'stop',
    summary:
      'A path cannot be used: symlinks in a circle, a zero byte, a name that git reserves or that is too long.',
    help: 'Choose another path; the folder ".git" is never written by steps.',
  },
  'workdir.exists': {
    disposition: 'stop',
    summary: 'A work tree was to be put where files are already.',
    help: 'Check the repository out at a path that nothing else uses.',
  },
  'workdir.too-large': {
    disposition: 'stop',
    summary: 'A file, or all that was written, is larger than the limit.',
    help: 'Leave large files out of the promotion; the limits protect the process.',
  },
  'workdir.lfs-pointer': {
    disposition: 'stop',
    summary: 'The content of a file is kept by Git LFS, and the repository has only a pointer to it.',
    help: 'Steps copy such files as they are, but cannot read or edit them; keep what a promotion edits out of Git LFS.',
  },
  'workdir.unsupported-encoding': {
    disposition: 'stop',
    summary: 'A file was changed whose .gitattributes ask for another character encoding than UTF-8.',
    help: 'Remove working-tree-encoding from the attributes of the file, or do not change it in promotions.',
  },
  'workdir.outside-sparse': {
    disposition: 'stop',
    summary:
      'A new file is to be committed outside the directories of a sparse checkout, or in the place of files that it does not show.',
    help: 'Name its directory in `sparse` of the checkout, or write it elsewhere.',
  },
  'workdir.unsafe-file': {
    disposition: 'stop',
    summary:
      'A program left something that is not taken back: a symlink that leads outside, a hard link, a device, special rights.',
    help: 'Read which file it is; correct the chart, plugin or archive that makes it.',
  },
});
