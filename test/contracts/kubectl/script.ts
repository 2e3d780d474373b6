/** One command of a script. */
export interface Step {
  /** Arguments of kubectl; "$NAME" in them is the path of the script's file of that name. */
  readonly run: readonly string[];
  /** A shell command that kubectl is given as editor. */
  readonly editor?: string;
  /** Only lines that match are compared, where a server may say more than is asked about. */
  readonly only?: RegExp;
}

/** Commands that a person would type one after the other, in a namespace that has the script's name. */
export interface Script {
  readonly name: string;
  readonly because: string;
  /** Manifests, by the name that steps use. */
  readonly files?: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
}

/** Parts of an output that differ from run to run. */
const masks: readonly (readonly [RegExp, string])[] = [
  // The headings of a diff: "--- /tmp/LIVE-123/v1.ConfigMap.x.y	2026-01-01 00:00:00.000 +0000"
  [/^(?<side>---|\+\+\+) \S*\/(?<file>[^/\s]+)\t.*$/gm, '$<side> $<file>'],
  [/^diff -u -N .*$/gm, 'diff'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/(?<name>resourceVersion"?: )"\d+"/g, '$<name>"VERSION"'],
  [/(?<name>Resource Version: +)\d+/g, '$<name>VERSION'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME'],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [-+]\d{4}/g, 'TIME'],
  // Ages at the end of a column
  [/(?<before>\s)(?:\d+[smhd]){1,2}(?=\s*$|\s{2,})/gm, '$<before>AGE'],
  // A refusal of a patch quotes all of what the patch made, or the patch.
  [/(?<name>patch: Invalid value: )"(?:[^"\\]|\\.)*"/g, '$<name>"OBJECT"'],
  [/127\.0\.0\.1:\d+/g, 'SERVER'],
  [/ {2,}/g, '  '],
  [/[ \t]+$/gm, ''],
];

/** An output without what differs from run to run: times, versions, identifiers, widths of columns. */
export function maskOutput(text: string): string {
  return masks.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
