/** The largest file that can be written, in bytes. */
export const maxFileBytes = 256 * 1024 * 1024;

/** The most that can be written into one tree of files, in bytes; overwritten files count again. */
export const maxWrittenBytes = 1024 * 1024 * 1024;

/** The longest path, and the longest target of a symlink, in characters. */
export const maxPathLength = 4096;

/** Symlinks that are followed for one path, as in Linux. */
export const maxSymlinks = 40;

/** Files that one copy may touch. */
export const maxCopiedFiles = 200_000;
