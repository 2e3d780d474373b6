import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toStructuralSchema } from '../../src/api/structural/index.ts';
import {
  chartSubscription,
  gitSubscription,
  imageSubscription,
  kargoKinds,
} from '../../src/api/v1alpha1/index.ts';
import { stepDefinitions } from '../../src/steps/registry.ts';
import { catalogues } from './catalogues.ts';
import { renderDefinition } from './crds.ts';
import { renderEnginePage } from './engine-page.ts';
import { renderErrorPage } from './error-page.ts';
import { renderExpressionPages } from './expressions/pages.ts';
import { type ExtraTable, pageName, renderKindIndex, renderKindPage } from './kind-page.ts';
import { renderSettingsPage } from './settings-page.ts';
import { renderStepIndex, renderStepPage } from './step-page.ts';

/** Folders in which every file is generated; others in them are left-overs. */
export const generatedFolders: readonly string[] = [
  'crds',
  'docs/reference/expressions',
  'docs/reference/kinds',
  'docs/reference/steps',
];

/** What stands in places that the definitions leave open, by kind. */
const extras: Readonly<Record<string, readonly ExtraTable[]>> = {
  Warehouse: Object.entries({
    git: gitSubscription,
    image: imageSubscription,
    chart: chartSubscription,
  }).map(([name, schema]) => ({
    path: `spec.subscriptions[].${name}`,
    name,
    schema: toStructuralSchema(schema),
  })),
};

/** Everything the generator writes: content by path below the root. */
export function generateAll(): ReadonlyMap<string, string> {
  const outputs = new Map<string, string>();
  for (const kind of kargoKinds) {
    outputs.set(`crds/${kind.plural}.${kind.group}.yaml`, renderDefinition(kind));
    outputs.set(`docs/reference/kinds/${pageName(kind)}.md`, renderKindPage(kind, extras[kind.kind]));
  }
  outputs.set('docs/reference/kinds/README.md', renderKindIndex(kargoKinds));
  const steps = stepDefinitions.map((definition) => ({ definition, words: readWords(definition.name) }));
  for (const { definition, words } of steps) {
    outputs.set(`docs/reference/steps/${definition.name}.md`, renderStepPage(definition, words));
  }
  outputs.set('docs/reference/steps/README.md', renderStepIndex(steps));
  for (const [name, text] of renderExpressionPages()) outputs.set(`docs/reference/expressions/${name}`, text);
  outputs.set('docs/reference/engine.md', renderEnginePage(stepDefinitions));
  outputs.set('docs/reference/errors.md', renderErrorPage(catalogues));
  outputs.set('docs/reference/settings.md', renderSettingsPage());
  return outputs;
}

/** What a step's folder says about it in its own words. */
function readWords(step: string): string {
  return readFileSync(join(process.cwd(), 'src', 'steps', step, 'doc.md'), 'utf8');
}
