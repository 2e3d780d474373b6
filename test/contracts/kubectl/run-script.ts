import type { Kubectl } from '../../support/kubectl.ts';
import { maskOutput, type Script, type Step } from './script.ts';

/** Runs a script and gives what was typed and what came back, masked: the text that is compared. */
export async function runScript(kubectl: Kubectl, script: Script): Promise<string> {
  const { name, files = {}, steps } = script;
  const paths = Object.entries(files).map(([file, content]) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    return [`$${file}`, kubectl.file(`${file}.yaml`, text)] as const;
  });
  const put = (text: string): string =>
    paths.reduce((done, [short, path]) => done.replaceAll(short, path), text);
  const clear = (text: string): string =>
    paths.reduce((done, [short, path]) => done.replaceAll(path, short), text);
  await kubectl.must('create', 'namespace', name);
  const told: string[] = [];
  for (const step of steps) {
    const ran = await kubectl.run(['-n', name, ...step.run.map(put)], editorOf(step));
    const typed = step.run.map((part) => (/[\s{]/.test(part) ? `'${part}'` : part)).join(' ');
    told.push(`$ kubectl ${typed}`, ...linesOf(clear(ran.out), step));
    told.push(...linesOf(clear(ran.err), step).map((line) => `! ${line}`), `= ${ran.code}`, '');
  }
  await kubectl.must('delete', 'namespace', name, '--wait=false');
  return told.join('\n');
}

function linesOf(text: string, { only }: Step): readonly string[] {
  const lines = sortProblems(maskOutput(text).trimEnd().split('\n'));
  return lines.filter((line, index) => (only === undefined ? line !== '' || index > 0 : only.test(line)));
}

/** A genuine server tells problems in an order that changes from run to run. */
function sortProblems(lines: readonly string[]): readonly string[] {
  const isProblem = (line: string): boolean => line.startsWith('* ');
  const problems = lines.filter(isProblem).sort();
  return lines.map((line) => (isProblem(line) ? (problems.shift() ?? line) : line));
}

function editorOf({ editor }: Step): Readonly<Record<string, string>> {
  return editor === undefined ? {} : { KUBE_EDITOR: editor };
}
