/**
 * The rules of the files that tell git how to treat a work tree: `.gitignore`, `.gitattributes`, line endings, pointers of
 * Git LFS, cones of sparse checkouts. It must never do I/O. Start reading at `ignore-rules.ts`.
 */
export { type AttributeFile, type Attributes, lookUpAttributes, parseAttributes } from './attributes.ts';
export { isSparseDirectory, SparseCone } from './cone.ts';
export { type Conversion, conversionOf, hasCrlf, toRepository, toWorkTree } from './convert.ts';
export { type IgnoreRules, type IgnoreVerdict, matchIgnore, parseIgnore } from './ignore-rules.ts';
export { isLfsPointer } from './lfs-pointer.ts';
export { type GitModule, type ModulesResult, parseModules, resolveModuleUrl } from './modules.ts';
export { toBytes } from './path-pattern.ts';
export { matchGlob } from './wildmatch.ts';
