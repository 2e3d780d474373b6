import * as z from 'zod';
import type { JsonObject, JsonValue } from '../../../base/index.ts';

/**
 * Field makers for the schemas of the kinds. Each takes the field's description, so that none can be without.
 *
 * Patterns stand in the metadata, not in zod's own `regex`: they are RE2 expressions that `api/structural` evaluates,
 * and JavaScript's engine, which can hang, never sees them.
 */

/** The name of a Kubernetes object: a DNS-1123 subdomain. */
export const kubernetesNamePattern = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
/** A duration of hours, minutes and seconds such as "1h30m". */
export const durationPattern = '^([0-9]+(\\.[0-9]+)?(s|m|h))+$';

/** Any text. */
export function text(description: string): z.ZodString {
  return z.string().describe(description);
}

/** A text that may not be empty. */
export function someText(description: string): z.ZodString {
  return z.string().min(1).describe(description);
}

/** A text that follows an RE2 pattern. */
export function textLike(pattern: string, description: string): z.ZodString {
  return z.string().meta({ pattern, description });
}

/** The name of a Kubernetes object, 1 to 253 characters. */
export function kubernetesName(description: string): z.ZodString {
  return z.string().min(1).max(253).meta({ pattern: kubernetesNamePattern, description });
}

/**
 * A text that Kargo's API leaves open and of which the program knows a closed set.
 *
 * Open on read: another program may have written a value outside the set; code that reads it has a default branch.
 */
export function openText<Known extends string>(description: string): z.ZodType<Known, Known> {
  return z.string().describe(description) as unknown as z.ZodType<Known, Known>;
}

/** A point in time, RFC 3339. */
export function time(description: string): z.ZodISODateTime {
  return z.iso.datetime({ offset: true }).describe(description);
}

/** True or false. */
export function flag(description: string): z.ZodBoolean {
  return z.boolean().describe(description);
}

/** A whole number of up to 53 bits, "int64" in the API. */
export function int64(description: string): z.ZodInt {
  return z.int().describe(description);
}

/** A whole number of 32 bits. */
export function int32(description: string): z.ZodInt32 {
  return z.int32().describe(description);
}

/** A map of text to text. */
export function textMap(description: string): z.ZodRecord<z.ZodString, z.ZodString> {
  return z.record(z.string(), z.string()).describe(description);
}

/** Any JSON value, kept as it is. */
export function anyJson(description: string): z.ZodType<JsonValue, JsonValue> {
  return z.custom<JsonValue>().meta({ 'x-kubernetes-preserve-unknown-fields': true, description });
}

/** Any JSON value in the API; an object in all that the program writes and acts on. */
export function jsonObject(description: string): z.ZodType<JsonObject, JsonObject> {
  return z.custom<JsonObject>().meta({ 'x-kubernetes-preserve-unknown-fields': true, description });
}

/** The same type with everything in it read-only; free-form JSON is that already. */
export type Immutable<T> = [JsonValue] extends [T] ? T : T extends unknown ? ImmutableMember<T> : never;

type ImmutableMember<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? IsFreeForm<T> extends true
      ? T
      : { readonly [Name in keyof T]: Immutable<T[Name]> }
    : T;

/** A type whose members are all optional takes any object too, but it has no index signature. */
type IsFreeForm<T> = JsonObject extends T ? (string extends keyof T ? true : false) : false;
