import type { WakePriority } from '../../ports/index.ts';

/** All priorities, most urgent first. */
export const priorities: readonly WakePriority[] = ['change', 'timer', 'resync'];

/** The more urgent of two. */
export function moreUrgent(a: WakePriority, b: WakePriority): WakePriority {
  return priorities.indexOf(a) <= priorities.indexOf(b) ? a : b;
}
