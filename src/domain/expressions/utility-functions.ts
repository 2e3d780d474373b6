import {
  anyType,
  type FunctionSignature,
  type HostFunction,
  Method,
  Record_,
  refuse,
  stringType,
  type Value,
} from '../../expr/index.ts';
import {
  compareVersions,
  formatVersion,
  incrementVersion,
  parseVersion,
  type Version,
} from '../semver/index.ts';

/** Functions on versions. */
export const utilityFunctions: readonly FunctionSignature[] = [
  {
    name: 'semverDiff',
    signature: 'semverDiff(a: string, b: string): string',
    summary: 'The most significant difference: Major, Minor, Patch, Metadata, None or Incomparable.',
    example: { source: "semverDiff('1.2.3', '1.3.0')", result: '"Minor"' },
    overloads: [{ params: [stringType, stringType], result: stringType }],
  },
  {
    name: 'semverParse',
    signature: 'semverParse(version: string): version',
    summary: 'A version with methods such as Major(), IncMinor() and GreaterThan().',
    example: { source: "semverParse('1.2.3').IncMinor().String()", result: '"1.3.0"' },
    overloads: [{ params: [stringType], result: anyType }],
  },
];

/** What the functions do. */
export const utilityImplementations: Readonly<Record<string, HostFunction>> = {
  semverDiff: ([a, b]) => differenceOf(parseVersion(String(a)), parseVersion(String(b))),
  semverParse: ([text]) => {
    const version = parseVersion(String(text));
    if (version === undefined) throw refuse(`"${String(text).slice(0, 60)}" is not a semantic version`);
    return versionRecord(version);
  },
};

function differenceOf(a: Version | undefined, b: Version | undefined): string {
  if (a === undefined || b === undefined) return 'Incomparable';
  if (a.major !== b.major) return 'Major';
  if (a.minor !== b.minor) return 'Minor';
  if (a.patch !== b.patch) return 'Patch';
  return a.metadata === b.metadata ? 'None' : 'Metadata';
}

function versionRecord(version: Version): Value {
  const methods: Record<string, Method> = {};
  const add = (name: string, arity: number, call: (args: readonly Value[]) => Value): void => {
    methods[name] = new Method(name, arity, call);
  };
  add('Major', 0, () => BigInt.asIntN(64, version.major));
  add('Minor', 0, () => BigInt.asIntN(64, version.minor));
  add('Patch', 0, () => BigInt.asIntN(64, version.patch));
  add('Prerelease', 0, () => version.prerelease);
  add('Metadata', 0, () => version.metadata);
  add('String', 0, () => formatVersion(version));
  add('Original', 0, () => version.original);
  add('IncMajor', 0, () => versionRecord(incrementVersion(version, 'major')));
  add('IncMinor', 0, () => versionRecord(incrementVersion(version, 'minor')));
  add('IncPatch', 0, () => versionRecord(incrementVersion(version, 'patch')));
  const compared = (args: readonly Value[]): number => compareVersions(version, readVersion(args[0] ?? null));
  add('Compare', 1, (args) => BigInt(compared(args)));
  add('Equal', 1, (args) => compared(args) === 0);
  add('LessThan', 1, (args) => compared(args) < 0);
  add('GreaterThan', 1, (args) => compared(args) > 0);
  add('LessThanEqual', 1, (args) => compared(args) <= 0);
  add('GreaterThanEqual', 1, (args) => compared(args) >= 0);
  return new Record_({ typeName: 'version', fields: [], methods, text: formatVersion(version) });
}

function readVersion(value: Value): Version {
  const text = value instanceof Record_ && value.spec.typeName === 'version' ? value.spec.text : undefined;
  const version = parseVersion(text ?? '');
  if (version === undefined) throw refuse('a version is needed here, e.g. semverParse("1.2.3")');
  return version;
}
