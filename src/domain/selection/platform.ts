import type { ImageFacts, ImagePlatform } from './facts.ts';

/** A platform that a subscription asks for. */
export interface PlatformRule {
  readonly os: string;
  readonly architecture: string;
  /** Empty when the text has no third part. */
  readonly variant: string;
}

/**
 * The rule that a text such as "linux/arm64/v8" spells; `undefined` when it has no slash.
 *
 * Source: Kargo's behavior; nothing else is checked, so that a rule may match nothing.
 */
export function parsePlatformRule(text: string): PlatformRule | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const rest = text.slice(slash + 1);
  const second = rest.indexOf('/');
  const architecture = second < 0 ? rest : rest.slice(0, second);
  return { os: text.slice(0, slash), architecture, variant: second < 0 ? '' : rest.slice(second + 1) };
}

/** Is it the platform that the rule names? The parts are compared exactly; an absent variant equals only an absent one. */
export function isPlatform(rule: PlatformRule, platform: ImagePlatform): boolean {
  const { os, architecture, variant = '' } = platform;
  return os === rule.os && architecture === rule.architecture && variant === rule.variant;
}

/**
 * The annotations of an image as seen from a platform: those of the platform's entry win; `undefined` when the image is
 * not built for it. The parts are compared exactly, an absent variant equals only an absent one, and an image that is
 * not an index has no platforms at all.
 */
export function annotationsFor(
  image: ImageFacts,
  rule: PlatformRule | undefined,
): Readonly<Record<string, string>> | undefined {
  if (rule === undefined) return image.annotations;
  const entry = image.platforms?.find((platform) => isPlatform(rule, platform));
  return entry === undefined ? undefined : { ...image.annotations, ...entry.annotations };
}
