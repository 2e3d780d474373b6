import { isLfsPointer, toWorkTree } from '../../wire/git-files/index.ts';
import { workdirErrors } from './errors.ts';
import { type Leaf, readLeaf } from './node.ts';
import type { Overlay } from './overlay.ts';

/** A file in its place. */
export interface FilePlace {
  readonly overlay: Overlay;
  readonly inner: readonly string[];
  readonly leaf: Leaf;
}

/** The content of a file as a work tree has it. Errors: workdir.lfs-pointer; those of the source. */
export async function readContent(
  { overlay, inner, leaf }: FilePlace,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (leaf.mode === 'symlink') return readLeaf(leaf, signal);
  // Asked for together, so that they come together.
  const [content, conversion] = await Promise.all([
    readLeaf(leaf, signal),
    leaf.isCheckedOut ? overlay.checkoutConversion(inner, signal) : undefined,
  ]);
  if ((leaf.isLfs === true || conversion?.isLfs === true) && isLfsPointer(content)) {
    const path = JSON.stringify(inner.join('/'));
    throw workdirErrors.create(
      'workdir.lfs-pointer',
      `${path} is a pointer of Git LFS, its content is elsewhere`,
    );
  }
  if (conversion === undefined || leaf.content instanceof Uint8Array) return content;
  return toWorkTree(content, conversion, leaf.content.id);
}

/** A file as it can stand anywhere: by reference where its content is stored as it is. */
export async function detach({ overlay, inner, leaf }: FilePlace, signal: AbortSignal): Promise<Leaf> {
  if (!leaf.isCheckedOut) return leaf;
  const conversion = leaf.mode === 'symlink' ? undefined : await overlay.checkoutConversion(inner, signal);
  const detached: Leaf = { ...leaf, isCheckedOut: false, isLfs: conversion?.isLfs === true };
  if (conversion === undefined || leaf.content instanceof Uint8Array) return detached;
  if (!conversion.isCrlf && !conversion.hasIdent) return detached;
  const stored = await readLeaf(leaf, signal);
  return { ...detached, content: toWorkTree(stored, conversion, leaf.content.id) };
}
