import { parseDuration } from '../../base/index.ts';

/** Annotations of a Warehouse that demand that its images belong together. */
export const groupAnnotations = {
  /** What must be equal: "tag", "revision", or "label:NAME". */
  by: 'gantry.io/group-by',
  /** How long a set must stay as it is before it becomes Freight, e.g. "30s"; none unless given. */
  settle: 'gantry.io/group-settle',
  /** Names or repository URLs of the image subscriptions that it is about, separated by commas; all unless given. */
  members: 'gantry.io/group-members',
} as const;

/** The label, and annotation, in which builds name the commit that an image was made from. Source: OCI image-spec. */
export const revisionLabel = 'org.opencontainers.image.revision';

/** What images of one group have in common. */
export type GroupKey = { readonly kind: 'tag' } | { readonly kind: 'label'; readonly name: string };

/** Which images belong together, and when they do. */
export interface GroupRule {
  readonly key: GroupKey;
  readonly settleMs: number;
  /** Empty: all image subscriptions. */
  readonly members: readonly string[];
}

/** What the annotations say: nothing, a rule, or something that cannot be read. */
export type GroupRuleResult =
  | { readonly kind: 'none' }
  | { readonly kind: 'rule'; readonly rule: GroupRule }
  | {
      readonly kind: 'problem';
      readonly annotation: string;
      readonly value: string;
      /** In words that follow the value. */
      readonly problem: string;
    };

const maxSettleMs = 24 * 3_600_000;

/** Reads the annotations of a Warehouse. */
export function parseGroupRule(annotations: Readonly<Record<string, string>> | undefined): GroupRuleResult {
  const by = annotations?.[groupAnnotations.by];
  const settle = annotations?.[groupAnnotations.settle];
  const members = annotations?.[groupAnnotations.members];
  if (by === undefined) {
    const orphan = settle === undefined ? groupAnnotations.members : groupAnnotations.settle;
    const value = settle ?? members;
    if (value === undefined) return { kind: 'none' };
    return problem(orphan, value, `means nothing without ${groupAnnotations.by}`);
  }
  const key = parseKey(by.trim());
  if (key === undefined) return problem(groupAnnotations.by, by, 'must be tag, revision or label:NAME');
  const settleMs = settle === undefined ? 0 : parseDuration(settle.trim());
  if (settleMs === undefined || settleMs < 0 || settleMs > maxSettleMs) {
    const wanted = 'must be a duration between 0s and 24h, like 30s';
    return problem(groupAnnotations.settle, settle ?? '', wanted);
  }
  const names = (members ?? '').split(',').map((name) => name.trim());
  if (members !== undefined && names.includes('')) {
    const wanted = 'must be names or repository URLs of image subscriptions, separated by commas';
    return problem(groupAnnotations.members, members, wanted);
  }
  return { kind: 'rule', rule: { key, settleMs, members: members === undefined ? [] : names } };
}

function parseKey(text: string): GroupKey | undefined {
  if (text === 'tag') return { kind: 'tag' };
  if (text === 'revision') return { kind: 'label', name: revisionLabel };
  const name = /^label:(\S+)$/.exec(text)?.[1];
  return name === undefined ? undefined : { kind: 'label', name };
}

function problem(annotation: string, value: string, text: string): GroupRuleResult {
  return { kind: 'problem', annotation, value, problem: text };
}
