import { dump } from 'js-yaml';
import type { JsonValue } from '../json.ts';

/**
 * A value as a YAML document in block style, two spaces per level, members in their order, with a final newline.
 *
 * Guarantees: strings that YAML 1.1 or 1.2 would take for something else are quoted; lines are never folded; no anchors.
 */
export function stringifyYaml(value: JsonValue): string {
  return dump(value, { noRefs: true, lineWidth: -1 });
}
