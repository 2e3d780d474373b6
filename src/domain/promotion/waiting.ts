/** How a reason is documented; the reference page of the engine is made of it. */
export interface WaitingReasonDoc {
  /** When a Promotion waits for this reason. */
  readonly summary: string;
  /** What a person can do. */
  readonly help: string;
  /** What the blocker is an object of; the sentence names it in quotes. */
  readonly blocker: 'Promotion' | 'Stage';
}

/** Every reason for which a Promotion waits before its first step. */
export const waitingReasons = {
  StageMissing: {
    summary: 'its Stage does not exist',
    help: 'create the Stage, or delete the Promotion',
    blocker: 'Stage',
  },
  StageBusy: {
    summary: 'another Promotion of its Stage runs, and a Stage runs one at a time',
    help: 'see what the other one waits for; abort it if it should not go on',
    blocker: 'Promotion',
  },
  StageVerifying: {
    summary: 'the verification of what its Stage runs has not ended',
    help: 'wait for the verification, or abort it',
    blocker: 'Stage',
  },
  StageNotReady: {
    summary: 'its Stage has not taken it up yet',
    help: 'wait a moment; then check that a controller runs and is responsible for the shard of the Stage',
    blocker: 'Stage',
  },
} as const satisfies Readonly<Record<string, WaitingReasonDoc>>;

/** Why a Promotion waits before its first step; a word for programs. */
export type WaitingReason = keyof typeof waitingReasons;

/** What a Promotion that has not begun waits for. */
export interface Waiting {
  readonly reason: WaitingReason;
  /** Name of the Stage or Promotion that is in the way; of which kind it is, its reason says. */
  readonly blocker: string;
  /** A sentence without a full stop. */
  readonly says: string;
}

const sentences: Readonly<Record<WaitingReason, (blocker: string) => string>> = {
  StageMissing: (stage) => `Stage "${stage}" does not exist; create it, or delete this Promotion`,
  StageBusy: (promotion) => `waiting for Promotion "${promotion}" to end`,
  StageVerifying: (stage) => `waiting for the verification that runs in Stage "${stage}"`,
  StageNotReady: (stage) => `waiting for Stage "${stage}" to take it up`,
};

/** The `status.message` of a Promotion that waits: the reason, a colon, a sentence that names the blocker. */
export function formatWaiting(reason: WaitingReason, blocker: string): string {
  return `${reason}: ${sentences[reason](blocker)}`;
}

// Example: StageBusy: waiting for Promotion "prod.01ab.c" to end
const pattern = /^(?<reason>[A-Z][A-Za-z]+): (?<says>[^"]*"(?<blocker>[^"]+)".*)$/;

/** Reads what `formatWaiting` wrote; `undefined` for any other message, also of reasons that are not known here. */
export function parseWaiting(message: string | undefined): Waiting | undefined {
  const { reason = '', says = '', blocker = '' } = pattern.exec(message ?? '')?.groups ?? {};
  return isWaitingReason(reason) ? { reason, blocker, says } : undefined;
}

function isWaitingReason(text: string): text is WaitingReason {
  return Object.hasOwn(waitingReasons, text);
}
