/** The yaml-update step: scalars of a YAML file, byte for byte. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { YamlUpdateConfig, YamlUpdateOutput } from './schema.ts';

/** The yaml-update step. */
export const yamlUpdate = defineStep({
  name: 'yaml-update',
  config: YamlUpdateConfig,
  output: YamlUpdateOutput,
  needs: ['workdir'],
  effect: 'local',
  run,
});
