/** Can this be an entry of a sparse checkout: a directory below the root, named without dots or wildcards? */
export function isSparseDirectory(path: string): boolean {
  if (path.startsWith('/') || /[*?[\]\\\0]/.test(path)) return false;
  return !path.split('/').includes('..');
}

/**
 * What a sparse checkout in cone mode shows: the directories that are named with all below them, and the files (not the
 * directories) that stand in the directories above them.
 */
export class SparseCone {
  readonly #whole = new Set<string>();
  readonly #above = new Set<string>(['']);

  constructor(directories: readonly string[]) {
    for (const directory of directories) {
      const names = directory.split('/').filter((name) => name !== '' && name !== '.');
      this.#whole.add(names.join('/'));
      for (let length = 1; length < names.length; length++) this.#above.add(names.slice(0, length).join('/'));
    }
  }

  /** Is everything below a directory shown, a part of it, or nothing? */
  look(directory: readonly string[]): 'whole' | 'part' | 'nothing' {
    for (let length = 0; length <= directory.length; length++) {
      if (this.#whole.has(directory.slice(0, length).join('/'))) return 'whole';
    }
    return this.#above.has(directory.join('/')) ? 'part' : 'nothing';
  }
}
