import type { JsonObject, JsonValue } from '../../base/index.ts';
import { isJsonObject } from '../../base/index.ts';
import type { StepPins } from '../../domain/index.ts';
import { stepErrors } from '../errors.ts';

/** The reserved key of `status.state` that holds the journal. */
export const journalKey = 'gantry.io/journal';

const journalVersion = 1;
const maxJournalChars = 64 * 1024;

/** What the journal keeps about one step. Never a secret. */
export interface JournalEntry {
  /** What a fetch step resolved: ids and digests. */
  readonly pins?: StepPins;
  /** Hash of the evaluated configuration. */
  readonly config?: string;
  /** What an outward step was about to do; gone as soon as its result is recorded. */
  readonly claim?: StepPins;
  /** JSON pointers into the step's output of texts that must never be taken for numbers or booleans. */
  readonly verbatim?: readonly string[];
}

/** The journal: an entry per step alias. */
export type Journal = Readonly<Record<string, JournalEntry>>;

/** Splits a promotion's `status.state` into the outputs of its steps and the journal. */
export function readState(state: unknown): { readonly outputs: JsonObject; readonly journal: Journal } {
  if (!isJsonObject(state)) return { outputs: {}, journal: {} };
  const { [journalKey]: kept, ...outputs } = state;
  if (!isJsonObject(kept) || kept['version'] !== journalVersion || !isJsonObject(kept['steps'])) {
    return { outputs, journal: {} };
  }
  const journal: Record<string, JournalEntry> = {};
  for (const [alias, entry] of Object.entries(kept['steps'])) journal[alias] = readEntry(entry);
  return { outputs, journal };
}

/**
 * The `status.state` that holds these outputs and this journal.
 *
 * Limits: the journal is at most 64 KiB of JSON text (step.journal-full).
 */
export function writeState(outputs: JsonObject, journal: Journal): JsonObject {
  const steps: Record<string, JsonValue> = {};
  for (const [alias, entry] of Object.entries(journal)) {
    if (Object.keys(entry).length > 0) steps[alias] = { ...entry };
  }
  if (Object.keys(steps).length === 0) return outputs;
  const size = JSON.stringify(steps).length;
  if (size > maxJournalChars) {
    const message = `the journal of this promotion needs ${size} characters, ${maxJournalChars} are allowed`;
    throw stepErrors.create('step.journal-full', message);
  }
  return { ...outputs, [journalKey]: { version: journalVersion, steps } };
}

/** The JSON pointer of a step's claim within the whole Promotion object. */
export function claimPointer(alias: string): string {
  return `/status/state/${escapePointer(journalKey)}/steps/${escapePointer(alias)}/claim`;
}

/** One part of a JSON pointer. */
export function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function readEntry(value: unknown): JournalEntry {
  if (!isJsonObject(value)) return {};
  const { pins, config, claim, verbatim } = value;
  return {
    ...(isJsonObject(pins) ? { pins: withoutUndefined(pins) } : {}),
    ...(typeof config === 'string' ? { config } : {}),
    ...(isJsonObject(claim) ? { claim: withoutUndefined(claim) } : {}),
    ...(Array.isArray(verbatim) ? { verbatim: verbatim.filter((item) => typeof item === 'string') } : {}),
  };
}

function withoutUndefined(object: JsonObject): StepPins {
  const pins: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(object)) if (value !== undefined) pins[name] = value;
  return pins;
}
