import type { Application } from '../../api/argocd/index.ts';
import type { JsonObject } from '../../base/index.ts';
import type { SeenObject } from '../../ports/index.ts';

/** What is at the revision that an Application follows. */
export type SourceLook =
  | { readonly kind: 'found'; readonly revision: string; readonly images: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

/** Everything known about an Application in one pass. */
export interface Seen extends SeenObject<Application> {
  /** Only looked up when an operation or a refresh asks for it. */
  readonly source: SourceLook | undefined;
  readonly healthDelayMs: number;
}

/** The one write of a pass, if any, and when to look again. */
export interface Plan {
  readonly namespace: string;
  readonly name: string;
  readonly patch: JsonObject | undefined;
  readonly wakeAfterMs: number | undefined;
}
