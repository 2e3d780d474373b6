import type { JsonObject } from '../../base/index.ts';
import { Record_, type RecordField, TextTable, type Value, Verbatim } from '../../expr/index.ts';
import { type ArtifactOrigin, objectAt, textAt } from './snapshot.ts';

function texts(
  object: JsonObject,
  names: readonly (readonly [name: string, jsonName: string])[],
): RecordField[] {
  return names.map(([name, jsonName]) => ({
    name,
    jsonName,
    value: new Verbatim(textAt(object, jsonName)),
    omitEmpty: true,
  }));
}

/** Text members of an object as a table; nil when there is no such object. */
export function textTable(object: JsonObject | undefined): TextTable {
  if (object === undefined) return new TextTable(undefined);
  const entries = Object.keys(object).map((key) => [key, textAt(object, key)] as const);
  return new TextTable(Object.fromEntries(entries));
}

const subscription = ['SubscriptionName', 'subscriptionName'] as const;

/** A commit of a piece of Freight. */
export function commitRecord(commit: JsonObject): Value {
  const fields = texts(commit, [
    ['RepoURL', 'repoURL'],
    ['ID', 'id'],
    ['Branch', 'branch'],
    ['Tag', 'tag'],
    ['Message', 'message'],
    ['Author', 'author'],
    ['Committer', 'committer'],
    subscription,
  ]);
  return new Record_({ typeName: 'commit', fields });
}

/** An image of a piece of Freight. */
export function imageRecord(image: JsonObject): Value {
  const annotations: RecordField = {
    name: 'Annotations',
    jsonName: 'annotations',
    value: textTable(objectAt(image, 'annotations')),
    omitEmpty: true,
  };
  const head = texts(image, [
    ['RepoURL', 'repoURL'],
    ['Tag', 'tag'],
    ['Digest', 'digest'],
  ]);
  const fields = [...head, annotations, ...texts(image, [subscription])];
  return new Record_({ typeName: 'image', fields });
}

/** A chart of a piece of Freight. */
export function chartRecord(chart: JsonObject): Value {
  const fields = texts(chart, [
    ['RepoURL', 'repoURL'],
    ['Name', 'name'],
    ['Version', 'version'],
    subscription,
  ]);
  return new Record_({ typeName: 'chart', fields });
}

/** Another artifact of a piece of Freight. */
export function artifactRecord(artifact: JsonObject): Value {
  const metadata: RecordField = {
    name: 'Metadata',
    jsonName: 'metadata',
    value: objectAt(artifact, 'metadata') ?? null,
    omitEmpty: true,
  };
  const head = texts(artifact, [['ArtifactType', 'artifactType'], subscription, ['Version', 'version']]);
  return new Record_({ typeName: 'artifact', fields: [...head, metadata] });
}

/** An origin, as `warehouse()` makes it. */
export function originRecord(origin: ArtifactOrigin): Value {
  const fields = texts({ kind: origin.kind, name: origin.name }, [
    ['Kind', 'kind'],
    ['Name', 'name'],
  ]);
  return new Record_({ typeName: 'origin', fields });
}

/** The origin that an argument holds; `undefined` when it is none. */
export function readOrigin(value: Value | undefined): ArtifactOrigin | undefined {
  if (!(value instanceof Record_) || value.spec.typeName !== 'origin') return undefined;
  const read = (name: string): string => {
    const field = value.spec.fields.find((entry) => entry.jsonName === name)?.value;
    return field instanceof Verbatim ? field.text : '';
  };
  return { kind: read('kind'), name: read('name') };
}

/** How a finished or running step is recorded. */
export interface StepRecord {
  readonly alias: string;
  readonly status?: string;
  readonly message?: string;
  readonly errorCount?: number;
  readonly continueOnError?: boolean;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** A step's record as expressions read it. */
export function stepRecord(step: StepRecord): Value {
  const fields: RecordField[] = [
    { name: 'Alias', jsonName: 'alias', value: step.alias, omitEmpty: true },
    { name: 'StartedAt', jsonName: 'startedAt', value: step.startedAt ?? null, omitEmpty: true },
    { name: 'FinishedAt', jsonName: 'finishedAt', value: step.finishedAt ?? null, omitEmpty: true },
    { name: 'ErrorCount', jsonName: 'errorCount', value: BigInt(step.errorCount ?? 0), omitEmpty: true },
    { name: 'Status', jsonName: 'status', value: step.status ?? '', omitEmpty: true },
    { name: 'Message', jsonName: 'message', value: step.message ?? '', omitEmpty: true },
    {
      name: 'ContinueOnError',
      jsonName: 'continueOnError',
      value: step.continueOnError ?? false,
      omitEmpty: true,
    },
  ];
  return new Record_({ typeName: 'step record', fields });
}
