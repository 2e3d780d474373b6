import { setYamlScalars } from '../../base/yaml/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type { StepContext } from '../../ports/index.ts';
import { decodeText, encodeText } from '../text.ts';
import { describeUpdates, toScalarUpdates } from './plan.ts';
import type { YamlUpdateConfig } from './schema.ts';

/** Replaces scalars in one YAML file; every other byte stays as it is. A file that already says so is left alone. */
export async function run(context: StepContext<YamlUpdateConfig, 'workdir'>): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  const updates = toScalarUpdates(config.updates);
  if (!updates.ok) return failed('step.invalid-config', updates.message);
  const stat = await ports.workdir.stat(config.path, signal);
  const before = decodeText(config.path, await ports.workdir.read(config.path, signal));
  const edit = setYamlScalars(before, updates.value);
  const [problem] = edit.problems;
  if (problem !== undefined) {
    const others = edit.problems.slice(1).map((one) => one.message);
    return failed(problem.code, `cannot update "${config.path}": ${[problem.message, ...others].join('; ')}`);
  }
  if (edit.text !== before) {
    const mode = stat?.mode === 'executable' ? 'executable' : 'file';
    await ports.workdir.write(config.path, encodeText(edit.text), mode, signal);
  }
  return {
    kind: 'done',
    status: 'Succeeded',
    output: { commitMessage: describeUpdates(config.path, config.updates) },
  };
}

function failed(code: string, message: string): StepOutcome {
  return { kind: 'failed', status: 'Errored', code, message, terminal: true };
}
