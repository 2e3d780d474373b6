import { type KubeObject, keyText, type ObjectKey, type ResourceType } from '../api/meta/index.ts';
import { equalJson, isJsonObject, type JsonObject } from '../base/index.ts';
import type { KubeWriter, WriteOptions } from '../ports/index.ts';
import { typeText } from './watched.ts';

/** A merge patch that waits for its turn. */
interface Waiting {
  readonly patch: JsonObject;
  readonly signal: AbortSignal;
  resolve(object: KubeObject): void;
  reject(reason: unknown): void;
}

/** Sends one merge patch. */
type Send = (patch: JsonObject, signal: AbortSignal) => Promise<KubeObject>;

/**
 * A writer for objects that many write to at the same time, each a part of their own: while a merge patch of an object is
 * on its way, those that come after it become one.
 *
 * Guarantees: nothing waits while nothing is on its way; the order of patches of one object is kept; patches that
 * contradict each other, and those with a precondition, are never joined; when the server refuses what was joined, each is
 * sent by itself, so that nobody fails for somebody else's part.
 */
export function gatherPatches(writer: KubeWriter): KubeWriter {
  const underway = new Map<string, Waiting[]>();

  function mergePatch<T extends KubeObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    patch: JsonObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<T> {
    if (hasPrecondition(patch)) return writer.mergePatch(type, key, patch, options, signal);
    const place = `${typeText(type)} ${keyText(key)} ${options.subresource ?? ''}`;
    return new Promise<T>((resolve, reject) => {
      // What is answered is the object of the type that was asked for.
      const one: Waiting = { patch, signal, resolve: (object) => resolve(object as T), reject };
      const waiting = underway.get(place);
      if (waiting !== undefined) {
        waiting.push(one);
        return;
      }
      const own = [one];
      underway.set(place, own);
      const send: Send = (part, until) => writer.mergePatch(type, key, part, options, until);
      void sendAll(own, send, () => underway.delete(place));
    });
  }

  return { ...writer, mergePatch };
}

function hasPrecondition({ metadata }: JsonObject): boolean {
  return (
    isJsonObject(metadata) && (metadata['resourceVersion'] !== undefined || metadata['uid'] !== undefined)
  );
}

/** Sends what waits until nothing does; `waiting` grows meanwhile, until `onEnd` is called. */
async function sendAll(waiting: Waiting[], send: Send, onEnd: () => void): Promise<void> {
  while (waiting.length > 0) {
    const { patch, members } = takeJoined(waiting);
    const [first] = members;
    if (first === undefined) continue;
    try {
      if (members.length === 1) first.resolve(await send(patch, first.signal));
      else await sendJoined(patch, members, send);
    } catch (error) {
      first.reject(error);
    }
  }
  // In the same turn as the last look: nobody may come in between.
  onEnd();
}

async function sendJoined(patch: JsonObject, members: readonly Waiting[], send: Send): Promise<void> {
  const all = untilAll(new Set(members.map(({ signal }) => signal)));
  try {
    const object = await send(patch, all.signal);
    for (const member of members) member.resolve(object);
  } catch {
    // Perhaps for one part only: now each hears what is said about its own.
    for (const member of members) await send(member.patch, member.signal).then(member.resolve, member.reject);
  } finally {
    all.stop();
  }
}

/** Takes from the front what can be one patch; those that have been given up are told so and left out. */
function takeJoined(waiting: Waiting[]): {
  readonly patch: JsonObject;
  readonly members: readonly Waiting[];
} {
  const members: Waiting[] = [];
  let patch: JsonObject = {};
  for (;;) {
    const [next] = waiting;
    if (next === undefined) break;
    const joined = next.signal.aborted ? patch : join(patch, next.patch);
    if (joined === undefined) break;
    waiting.shift();
    if (next.signal.aborted) next.reject(next.signal.reason);
    else members.push(next);
    patch = joined;
  }
  return { patch, members };
}

/** One merge patch that does what both do; `undefined` when they say different things about one member. */
function join(first: JsonObject, second: JsonObject): JsonObject | undefined {
  const joined: Record<string, JsonObject[string]> = { ...first };
  for (const [name, value] of Object.entries(second)) {
    const known = joined[name];
    if (known === undefined) joined[name] = value;
    else if (isJsonObject(known) && isJsonObject(value)) {
      const both = join(known, value);
      if (both === undefined) return undefined;
      joined[name] = both;
    } else if (!equalJson(known, value)) return undefined;
  }
  return joined;
}

/** Aborted when all are, until it is stopped. */
function untilAll(signals: ReadonlySet<AbortSignal>): { readonly signal: AbortSignal; stop(): void } {
  const all = new AbortController();
  const look = (): void => {
    const reasons = [...signals].flatMap(({ aborted, reason }) => (aborted ? [reason] : []));
    if (reasons.length === signals.size) all.abort(reasons[0]);
  };
  for (const signal of signals) signal.addEventListener('abort', look, { once: true });
  look();
  return {
    signal: all.signal,
    stop() {
      for (const signal of signals) signal.removeEventListener('abort', look);
    },
  };
}
