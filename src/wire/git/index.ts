/**
 * Git's formats as bytes: packets, side-bands, objects, packs, the messages of fetch and push, and merging by id.
 * It must never do I/O. Each message has a parser and a writer. Start reading at `object-id.ts` and `pkt-line.ts`.
 */
export {
  type Advertisement,
  encodeAdvertisement,
  encodeV2Advertisement,
  type GitService,
  type RemoteRef,
  readAdvertisement,
} from './advertisement.ts';
export {
  assertSha1,
  type Capabilities,
  formatCapabilities,
  hasFeature,
  parseCapabilities,
  toCapabilities,
} from './capabilities.ts';
export {
  type Commit,
  decodeCommit,
  decodeTag,
  encodeCommit,
  encodeTag,
  isObjectType,
  type ObjectHeader,
  type Tag,
} from './commit.ts';
export { applyDelta } from './delta.ts';
export { gitWireErrors } from './errors.ts';
export {
  encodeFetchHead,
  encodeFetchRequest,
  type FetchRequest,
  type FetchResponse,
  type FilterSpec,
  parseFetchArgs,
  readFetchResponse,
} from './fetch.ts';
export {
  encodeLsRefsRequest,
  encodeLsRefsResponse,
  encodeV2Command,
  type LsRefsRequest,
  parseLsRefsArgs,
  readLsRefsResponse,
  readV2Command,
  type V2Command,
} from './ls-refs.ts';
export type { ConflictKind, MergeConflict, MergedTrees, ObjectSource, SideChange } from './merge-pass.ts';
export { mergeText, type TextMerge } from './merge-text.ts';
export { mergeTrees } from './merge-trees.ts';
export {
  emptyTreeId,
  type GitObject,
  hashObject,
  isObjectId,
  type ObjectId,
  type ObjectType,
  objectIdBytes,
  parseObjectId,
  zeroId,
} from './object-id.ts';
export {
  defaultPackLimits,
  type IdentifiedObject,
  type PackLimits,
  type PackReadOptions,
  readPack,
} from './pack-read.ts';
export { encodePack, type PackedObject, writePack } from './pack-write.ts';
export {
  delimiterPacket,
  encodePacket,
  flushPacket,
  maxPacketData,
  type Packet,
  type PacketLine,
  PacketReader,
} from './pkt-line.ts';
export {
  encodePushCommands,
  encodePushReport,
  type PushCommands,
  type PushReport,
  type RefCommand,
  type RefReport,
  readPushCommands,
  readPushReport,
} from './receive-pack.ts';
export { isRefName } from './ref-name.ts';
export { encodeSideBand, readSideBand, type SideBand } from './side-band.ts';
export { decodeSignature, encodeSignature, type Signature } from './signature.ts';
export { decodeText, encodeText } from './text.ts';
export {
  decodeTree,
  type EntryKind,
  encodeTree,
  isEntryName,
  kindOf,
  modeOf,
  type TreeEntry,
} from './tree.ts';
export {
  encodeV0FetchRequest,
  readV0FetchRequest,
  readV0FetchResponse,
  readV0Wants,
  type V0FetchRequest,
} from './upload-pack-v0.ts';
