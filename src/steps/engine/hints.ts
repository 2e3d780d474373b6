import { isJsonObject } from '../../base/index.ts';
import type { StepDefinition, Workdir } from '../../ports/index.ts';
import type { StepExpressions, StepScope } from './expressions.ts';
import type { PlannedStep } from './types.ts';

/** Members of configurations whose texts are paths in the work directory. */
const pathMember = /^(?:\w*[pP]aths?|\w*Files?|bodyFromFile)$/;

/** Paths that are hinted at, at most. */
const maxHints = 500;

/** Tells the work directory which paths the steps name, so that what they need is fetched together. */
export function hintPaths(
  workdir: Workdir,
  steps: readonly PlannedStep[],
  knowing: {
    readonly definitions: ReadonlyMap<string, StepDefinition>;
    readonly expressions: StepExpressions;
    readonly scope: StepScope;
  },
): void {
  const paths = new Set<string>();
  for (const step of steps) {
    if (knowing.definitions.get(step.uses)?.needs.includes('workdir') !== true) continue;
    const texts = pathTexts(step.config);
    if (texts.length === 0) continue;
    for (const path of knowing.expressions.guess(step, texts, knowing.scope)) paths.add(path);
    if (paths.size > maxHints) return;
  }
  workdir.expect([...paths]);
}

/** The texts of a configuration that are paths, with their expressions. */
export function pathTexts(config: unknown, isPath = false): readonly string[] {
  if (typeof config === 'string') return isPath && config !== '' ? [config] : [];
  if (Array.isArray(config)) return config.flatMap((item) => pathTexts(item, isPath));
  if (!isJsonObject(config)) return [];
  return Object.entries(config).flatMap(([name, value]) => pathTexts(value, pathMember.test(name)));
}
