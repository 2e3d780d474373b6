/** Tells whether labels fulfil a selector. */
export type LabelMatch = (labels: Readonly<Record<string, string>>) => boolean;

// One requirement with a set, e.g. "env notin (dev,test)".
const setRequirement = /^(?<key>[\w./-]+)\s+(?<operator>in|notin)\s*\((?<values>[^)]*)\)$/;
// One requirement with a value, e.g. "env!=dev".
const equalRequirement = /^(?<key>[\w./-]+)\s*(?<operator>==|=|!=)\s*(?<value>[\w.-]*)$/;
// One requirement of presence, e.g. "!kargo.akuity.io/shard".
const presentRequirement = /^(?<not>!?)\s*(?<key>[\w./-]+)$/;

/**
 * A test for a label selector in Kubernetes's own syntax; `undefined` when the text is none.
 *
 * Limits: equality, sets and presence; no numeric comparisons.
 */
export function parseLabelSelector(text: string): LabelMatch | undefined {
  const matches: LabelMatch[] = [];
  for (const part of splitRequirements(text)) {
    const match = parseRequirement(part);
    if (match === undefined) return undefined;
    matches.push(match);
  }
  return (labels) => matches.every((match) => match(labels));
}

/** Splits at commas outside parentheses. */
function splitRequirements(text: string): string[] {
  if (text.trim() === '') return [];
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

function parseRequirement(text: string): LabelMatch | undefined {
  const set = setRequirement.exec(text)?.groups;
  if (set !== undefined) {
    const key = set['key'] ?? '';
    const values = (set['values'] ?? '').split(',').map((value) => value.trim());
    const isIn: LabelMatch = (labels) => values.includes(labelValue(labels, key) ?? '\u0000');
    return set['operator'] === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const equal = equalRequirement.exec(text)?.groups;
  if (equal !== undefined) {
    const { key = '', operator, value = '' } = equal;
    if (operator === '!=') return (labels) => labelValue(labels, key) !== value;
    return (labels) => labelValue(labels, key) === value;
  }
  const present = presentRequirement.exec(text)?.groups;
  if (present === undefined) return undefined;
  const { key = '', not } = present;
  return (labels) => (labelValue(labels, key) === undefined) === (not === '!');
}

function labelValue(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
