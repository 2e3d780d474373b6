import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKubectl, type Kubectl, kubectlMinor } from '../support/kubectl.ts';
import { definitions } from './kube-api/world.ts';
import { runScript } from './kubectl/run-script.ts';
import { scripts } from './kubectl/scripts.ts';

/** The client whose words the recorded outputs are. */
const recordedMinor = 32;
const folder = join(import.meta.dirname, '../fixtures/kubectl');
const limitMs = 120_000;

/** A cluster that scripts may write to: they make the definitions of the contract and a namespace each. */
export interface ScriptedCluster extends AsyncDisposable {
  readonly kubeconfig: string;
}

/**
 * What kubectl prints, compared with what a genuine server made it print. With `records`, the outputs are written down
 * instead.
 */
export function describeKubectl(
  name: string,
  start: () => Promise<ScriptedCluster>,
  { records = false }: { readonly records?: boolean } = {},
): void {
  const isRight = kubectlMinor === recordedMinor;
  const title = `kubectl: ${name}`;
  describe.skipIf(!isRight)(isRight ? title : `${title} (skipped: no kubectl 1.${recordedMinor})`, () => {
    let cluster: ScriptedCluster | undefined;
    let kubectl: Kubectl | undefined;
    beforeAll(async () => {
      cluster = await start();
      kubectl = createKubectl(cluster.kubeconfig);
      const items = kubectl.file(
        'definitions.yaml',
        JSON.stringify({ apiVersion: 'v1', kind: 'List', items: definitions }),
      );
      await kubectl.must('apply', '--server-side', '-f', items);
      const names = definitions.map(({ metadata }) => `crd/${metadata.name}`);
      await kubectl.must('wait', '--for=condition=Established', ...names, '--timeout=30s');
      await untilExplained(kubectl);
    }, limitMs);
    afterAll(async () => {
      kubectl?.[Symbol.dispose]();
      await cluster?.[Symbol.asyncDispose]();
    });
    test.each(scripts)(
      '$name',
      async (script) => {
        if (kubectl === undefined) throw new Error('the cluster has not started');
        const told = await runScript(kubectl, script);
        const path = join(folder, `${script.name}.txt`);
        if (records) writeFileSync(path, told);
        expect(told, script.because).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
      },
      limitMs,
    );
  });
}

/** A genuine server describes a kind some time after it serves it. */
async function untilExplained(kubectl: Kubectl): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    if ((await kubectl.run(['explain', 'gadgets'])).code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the definitions are not described');
}
