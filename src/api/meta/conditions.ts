/** The three states of a condition. */
export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** A standard Kubernetes condition. */
export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  /** RFC 3339, UTC, seconds. */
  readonly lastTransitionTime: string;
}

const maxMessageBytes = 32_768;
const cutMark = ' ... (truncated)';

/** The condition of this type, or `undefined`. */
export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/**
 * A list in which the condition of `next.type` says what `next` says; other conditions keep their place.
 *
 * Guarantees: pure; `lastTransitionTime` moves exactly when the status flips (Kargo leaves it at the first appearance,
 * so a tool that computes "ready since" from Kargo's data is wrong; the field's meaning is Kubernetes's own here).
 * Limits: the message is cut to 32,768 bytes.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  next: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): readonly Condition[] {
  const list = conditions ?? [];
  const old = findCondition(list, next.type);
  const message = cutMessage(next.message);
  const lastTransitionTime = old !== undefined && old.status === next.status ? old.lastTransitionTime : now;
  const condition: Condition = { ...next, message, lastTransitionTime };
  if (old === undefined) return [...list, condition];
  return list.map((item) => (item.type === next.type ? condition : item));
}

/** A list without the condition of this type. */
export function removeCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): readonly Condition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

/** Cuts by UTF-8 length without splitting a character. */
function cutMessage(message: string): string {
  if (message.length * 3 <= maxMessageBytes || utf8Length(message) <= maxMessageBytes) return message;
  let bytes = 0;
  let end = 0;
  for (const character of message) {
    const size = utf8Length(character);
    if (bytes + size > maxMessageBytes - cutMark.length) break;
    bytes += size;
    end += character.length;
  }
  return message.slice(0, end) + cutMark;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
