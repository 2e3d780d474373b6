import type { WaitingReason } from '../promotion/index.ts';

/** What an object waits for, as a word for programs; "None" when it waits for nothing. */
export type Blocker =
  | 'None'
  | 'Deleted'
  | 'Ended'
  | 'Failed'
  | 'StageMissing'
  | 'Turn'
  | 'NotSeen'
  | 'PullRequest'
  | 'Step'
  | 'Retry'
  | 'Problem'
  | 'Health'
  | 'Verification'
  | 'Upstream'
  | 'NoFreight'
  | 'Decision'
  | 'Hold';

/** Something that a person can do, for fronts that offer it as a command or a button. */
export type Action =
  | { readonly kind: 'merge'; readonly url: string }
  | { readonly kind: 'promote'; readonly stage: string; readonly freight: string }
  | { readonly kind: 'why'; readonly name: string }
  | {
      readonly kind: 'describe';
      readonly resource: 'stage' | 'promotion' | 'warehouse' | 'projectconfig';
      readonly name: string;
    }
  | { readonly kind: 'list'; readonly resource: 'stages' | 'freight' | 'promotions' | 'warehouses' };

/** One piece of advice: a sentence, and the action it is about if there is one. */
export interface Advice {
  readonly text: string;
  readonly action?: Action;
}

/** Why an object is as it is and what to do about it, in sentences. */
export interface Explanation {
  readonly kind: 'Stage' | 'Promotion';
  readonly namespace: string;
  readonly name: string;
  readonly blocker: Blocker;
  /** Why a Promotion has not begun, as its status says it; absent once it has. */
  readonly reason?: WaitingReason;
  /** One sentence that starts with the name of the object. */
  readonly headline: string;
  /** What is known, most important first. */
  readonly facts: readonly string[];
  readonly advice: readonly Advice[];
}
