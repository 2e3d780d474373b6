import { defineErrors } from '../../base/index.ts';

/** What can go wrong with the embedded API server itself; what it answers to clients are Status objects. */
export const apiServerErrors = defineErrors({
  'apiserver.listen-failed': {
    disposition: 'stop',
    summary: 'The embedded API server could not open its port.',
    help: 'Choose another port, or 0 for a free one.',
  },
  'apiserver.data-locked': {
    disposition: 'stop',
    summary: 'The data folder is in use by another process.',
    help: 'End that process, or name another folder.',
  },
  'apiserver.data-damaged': {
    disposition: 'stop',
    summary: 'The data folder, or a backup of one, does not hold what was written into it.',
    help: 'Move the folder away and restore a backup with --restore.',
  },
  'apiserver.data-format': {
    disposition: 'stop',
    summary: 'The data folder was written by another version of the program.',
    help: 'Use the version that wrote it, or one that can read its format.',
  },
  'apiserver.data-present': {
    disposition: 'stop',
    summary: 'A backup is only restored into a folder that is empty.',
    help: 'Move the folder away, or name another one.',
  },
  'apiserver.data-write-failed': {
    disposition: 'stop',
    summary:
      'The data folder could not be written; nothing is written any more until the program is started again.',
    help: 'Look at the disk: is it full, read-only or gone? What was answered before is safe.',
  },
});
