import { type KubeObject, keyOf, keyText, type ResourceType } from '../../api/meta/index.ts';
import {
  createMergePatch,
  equalJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../base/index.ts';
import type { Clock, JsonPatchOperation, KubeReader, KubeWriter, Random } from '../../ports/index.ts';
import { backoffMs } from '../backoff.ts';
import { kubeErrors } from '../errors.ts';
import { pause } from '../http/limits.ts';
import { compareVersions } from '../version.ts';
import { readPointer, withoutNulls } from './json-path.ts';
import { isOvertaken, isTransient } from './transient.ts';

/** The claim that an answer is for: a JSON pointer from the root of the object, and what stands there. */
export interface Claim {
  readonly pointer: string;
  readonly value: JsonValue;
}

/** When a write is refused that the server would accept. */
export interface WriteOptions {
  readonly refuseDeleting: boolean;
  /** Also refused when the status is there already and somebody else may have written it: what it announces is theirs. */
  readonly mustBeOwn: boolean;
}

/**
 * Writes the status of one object during one pass, always as a difference to what this pass knows the server has.
 *
 * Guarantees: nothing is written when nothing differs; a foreign change of the status is never overwritten
 * (kube.conflict); foreign changes of spec and metadata do not matter.
 */
export interface StatusWriter {
  /** The object as the server has it, as far as this pass knows. */
  readonly object: KubeObject;
  write(status: JsonObject, options: WriteOptions): Promise<void>;
  /** Writes only while the claim stands; retried until the server has decided. */
  writeAnswer(status: JsonObject, claim: Claim): Promise<void>;
  /** Sets (text) or removes (null) annotations that differ. */
  annotate(annotations: Readonly<Record<string, string | null>>): Promise<void>;
}

/** What a status writer needs from its surroundings. */
export interface StatusWriterDeps {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends all writing; not the pass's own signal, because the outcome of an interrupted pass is still written. */
  readonly signal: AbortSignal;
}

const backoff = { baseMs: 200, maxMs: 10_000 };
const maxAttempts = 5;

/** A writer that starts from the object as the pass observed it; `readStatus` is the controller's own. */
export function createStatusWriter(
  deps: StatusWriterDeps,
  type: ResourceType,
  observed: KubeObject,
  readStatus: (object: KubeObject) => unknown,
): StatusWriter {
  const { reader, writer, signal } = deps;
  const key = keyOf(observed);
  let base = observed;

  function statusOf(object: KubeObject): JsonObject {
    const status = readStatus(object);
    return isJsonObject(status) ? status : {};
  }

  async function waitFor(failures: number, askedMs: number): Promise<void> {
    await pause(deps.clock, Math.max(askedMs, backoffMs(backoff, failures, deps.random)), signal);
    signal.throwIfAborted();
  }

  /** The newest version of the object if it is still the same one; asks the server when the cache has nothing newer. */
  async function readNewest(): Promise<KubeObject> {
    const cached = reader.get(type, key);
    const isNewer = cached !== undefined && compareVersions(versionOf(cached), versionOf(base)) > 0;
    const newest = isNewer ? cached : await reader.getLive(type, key, signal);
    if (newest === undefined || newest.metadata.uid !== observed.metadata.uid) throw movedOn('it is gone');
    return newest;
  }

  function movedOn(why: string): Error {
    return kubeErrors.create(
      'kube.conflict',
      `status of ${type.kind} "${keyText(key)}" was not written: ${why}`,
    );
  }

  /** After a refused write: takes the newest object as the base if its status is as it was, or as this one wants it. */
  async function rebase(wanted: JsonObject | undefined, refuseDeleting: boolean): Promise<void> {
    const newest = await readNewest();
    const status = statusOf(newest);
    if (!equalJson(status, statusOf(base)) && !(wanted !== undefined && equalJson(status, wanted))) {
      throw movedOn('somebody else has changed it');
    }
    if (refuseDeleting && newest.metadata.deletionTimestamp !== undefined)
      throw movedOn('it is being deleted');
    base = newest;
  }

  async function write(status: JsonObject, options: WriteOptions): Promise<void> {
    const wanted = withoutNulls(status);
    // Once an answer is missing, what stands there may be what was asked for.
    let mayBeThere = !options.mustBeOwn;
    for (let attempt = 1; ; attempt += 1) {
      const difference = createMergePatch(statusOf(base), wanted);
      if (difference === undefined) return;
      const { uid, resourceVersion } = base.metadata;
      const patch: JsonObject = { metadata: { uid, resourceVersion }, status: difference };
      try {
        base = await writer.mergePatch(type, key, patch, { subresource: 'status' }, signal);
        return;
      } catch (error) {
        if (attempt >= maxAttempts) throw error;
        if (kubeErrors.is(error, 'kube.conflict')) {
          await rebase(mayBeThere ? wanted : undefined, options.refuseDeleting);
        } else if (isTransient(error)) {
          mayBeThere = true;
          await waitFor(attempt, error.retryAfterMs ?? 0);
        } else throw error;
      }
    }
  }

  /** Why was the answer refused: already there, claim gone, or not acceptable at all? */
  async function settleRefusal(wanted: JsonObject, claim: Claim, error: unknown): Promise<void> {
    const live = await reader.getLive(type, key, signal);
    if (live === undefined || live.metadata.uid !== observed.metadata.uid) throw movedOn('it is gone');
    if (equalJson(statusOf(live), wanted)) {
      base = live;
      return;
    }
    if (equalJson(readPointer(live, claim.pointer), claim.value)) throw error;
    throw movedOn('the claim it answers is no longer ours');
  }

  async function writeAnswer(status: JsonObject, claim: Claim): Promise<void> {
    const wanted = withoutNulls(status);
    const patch: readonly JsonPatchOperation[] = [
      { op: 'test', path: '/metadata/uid', value: observed.metadata.uid ?? null },
      { op: 'test', path: claim.pointer, value: claim.value },
      { op: 'add', path: '/status', value: wanted },
    ];
    for (let attempt = 1; ; attempt += 1) {
      try {
        base = await writer.jsonPatch(type, key, patch, { subresource: 'status' }, signal);
        return;
      } catch (error) {
        if (isTransient(error)) {
          await waitFor(attempt, error.retryAfterMs ?? 0);
          continue;
        }
        if (!isOvertaken(error) && !kubeErrors.is(error, 'kube.invalid')) throw error;
        await settleRefusal(wanted, claim, error);
        return;
      }
    }
  }

  return {
    get object() {
      return base;
    },
    write,
    writeAnswer,
    async annotate(annotations) {
      const current = base.metadata.annotations ?? {};
      const differing = Object.entries(annotations).filter(
        ([name, value]) => (current[name] ?? null) !== value,
      );
      if (differing.length === 0) return;
      const metadata = { uid: base.metadata.uid, annotations: Object.fromEntries(differing) };
      base = await writer.mergePatch(type, key, { metadata }, {}, signal);
    },
  };
}

function versionOf(object: KubeObject): string {
  return object.metadata.resourceVersion ?? '0';
}
