import type { JsonObject } from '../../base/index.ts';
import {
  anyType,
  type FunctionSignature,
  type HostFunction,
  stringType,
  TextTable,
  type Value,
} from '../../expr/index.ts';
import { textTable } from './records.ts';
import { lookUp, objectAt, type Snapshot, textAt } from './snapshot.ts';

const byName = [{ params: [stringType], result: anyType }];

/** Functions that read objects of the project and shared ones. */
export const dataFunctions: readonly FunctionSignature[] = [
  {
    name: 'configMap',
    signature: 'configMap(name: string): map',
    summary: 'Data of a ConfigMap of the project; empty when it does not exist.',
    example: { source: "configMap('settings').region", result: '"eu-west-1"' },
    overloads: byName,
  },
  {
    name: 'sharedConfigMap',
    signature: 'sharedConfigMap(name: string): map',
    summary: 'Data of a ConfigMap of the shared namespace; empty when it does not exist.',
    example: { source: "sharedConfigMap('defaults')['log-level']", result: '"info"' },
    overloads: byName,
  },
  {
    name: 'secret',
    signature: 'secret(name: string): map',
    summary: 'Decoded data of a Secret of the project; empty when it does not exist.',
    example: { source: "secret('chat').channel", result: '"#releases"' },
    overloads: byName,
  },
  {
    name: 'sharedSecret',
    signature: 'sharedSecret(name: string): map',
    summary: 'Decoded data of a shared Secret labeled as generic; empty otherwise.',
    example: { source: "sharedSecret('none').token ?? 'empty'", result: '""' },
    overloads: byName,
  },
  {
    name: 'freightMetadata',
    signature: 'freightMetadata(name: string): map',
    summary: 'Metadata that promotions have set on a piece of Freight, or nil.',
    example: { source: "freightMetadata('f1').ticket", result: '"OPS-7"' },
    whenNil: 'the Freight does not exist or has no metadata; it is named by its name, not by its alias',
    overloads: byName,
  },
  {
    name: 'freightStatus',
    signature: 'freightStatus(name: string): map',
    summary: 'Status of a piece of Freight, or nil.',
    example: { source: "'test' in freightStatus('f1').verifiedIn", result: 'true' },
    whenNil: 'the Freight does not exist; it is named by its name, not by its alias',
    overloads: byName,
  },
  {
    name: 'stageMetadata',
    signature: 'stageMetadata(name: string): map',
    summary: 'Metadata that promotions have set on a Stage, or nil.',
    example: { source: "stageMetadata('test')?.url ?? 'unknown'", result: '"https://test.example"' },
    whenNil: 'the Stage does not exist or has no metadata',
    overloads: byName,
  },
];

const credentialLabel = 'kargo.akuity.io/cred-type';

/** What the functions do over a snapshot. */
export function createDataFunctions(snapshot: Snapshot): Readonly<Record<string, HostFunction>> {
  const { project, sharedNamespace } = snapshot;
  return {
    configMap: ([name]) => tableOf(read(snapshot, 'configMap', project, name)),
    sharedConfigMap: ([name]) => tableOf(read(snapshot, 'configMap', sharedNamespace, name)),
    secret: ([name]) => tableOf(read(snapshot, 'secret', project, name)),
    sharedSecret: ([name]) => {
      const secret = read(snapshot, 'secret', sharedNamespace, name);
      const labels = objectAt(objectAt(secret, 'metadata') ?? null, 'labels');
      return textAt(labels, credentialLabel) === 'generic' ? tableOf(secret) : new TextTable({});
    },
    freightMetadata: ([name]) => metadataOf(read(snapshot, 'freight', project, name)),
    freightStatus: ([name]) => {
      const freight = read(snapshot, 'freight', project, name);
      return freight === null ? null : (objectAt(freight, 'status') ?? {});
    },
    stageMetadata: ([name]) => metadataOf(read(snapshot, 'stage', project, name)),
  };
}

/** Source: Kargo's behavior: no object gives an empty map, an object without data gives a nil one. */
function tableOf(object: JsonObject | null): Value {
  return object === null ? new TextTable({}) : textTable(objectAt(object, 'data'));
}

function metadataOf(object: JsonObject | null): Value {
  return objectAt(objectAt(object, 'status') ?? null, 'metadata') ?? null;
}

function read(
  snapshot: Snapshot,
  kind: 'configMap' | 'secret' | 'freight' | 'stage',
  namespace: string,
  name: Value | undefined,
): JsonObject | null {
  return typeof name === 'string' && name !== '' ? lookUp(snapshot, kind, namespace, name) : null;
}
