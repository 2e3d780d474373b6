import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallAnswer, KubeApiUnderTest } from './kube-api/client.ts';
import type { Row } from './kube-api/rows.ts';
import { applyRows } from './kube-api/rows-apply.ts';
import { badRows } from './kube-api/rows-bad.ts';
import { discoveryRows } from './kube-api/rows-discovery.ts';
import { kindRows } from './kube-api/rows-kinds.ts';
import { listRows } from './kube-api/rows-list.ts';
import { patchRows } from './kube-api/rows-patch.ts';
import { writeRows } from './kube-api/rows-write.ts';
import { describeAccess } from './kube-api/suite-access.ts';
import { describeAdmission } from './kube-api/suite-admission.ts';
import { describeDefinitions } from './kube-api/suite-definitions.ts';
import { describeDelete } from './kube-api/suite-delete.ts';
import { describeBrokenTransport } from './kube-api/suite-transport.ts';
import { describeWatch } from './kube-api/suite-watch.ts';
import { installDefinitions, openWorld, type World } from './kube-api/world.ts';

export type { KubeApiUnderTest } from './kube-api/client.ts';

/** What a Kubernetes API server must do, as far as Gantry and kubectl depend on it, in the plain protocol. */
export function describeKubeApi(name: string, start: () => Promise<KubeApiUnderTest>): void {
  describe(`kube API contract: ${name}`, () => {
    let server: KubeApiUnderTest | undefined;
    beforeAll(async () => {
      server = await start();
      await installDefinitions(server);
    });
    afterAll(() => server?.[Symbol.asyncDispose]());
    const open = (): Promise<World> => {
      if (server === undefined) throw new Error('the server has not started');
      return openWorld(server);
    };
    describe.each([
      { group: 'discovery and guards', rows: discoveryRows },
      { group: 'create and replace', rows: writeRows },
      { group: 'patch', rows: patchRows },
      { group: 'apply', rows: applyRows },
      { group: 'list', rows: listRows },
      { group: 'kinds', rows: kindRows },
      { group: 'bad input', rows: badRows },
    ])('$group', ({ rows }) => {
      test.each(rows)('$name', async (row) => checkRow(await open(), row));
    });
    describe('watch', () => describeWatch(open));
    describe('delete', () => describeDelete(open));
    describe('access', () => describeAccess(open));
    describe('definitions', () => describeDefinitions(open));
    describe('admission', () => describeAdmission(open));
    describe('broken transport', () => describeBrokenTransport(open));
  });
}

async function checkRow(world: World, row: Row): Promise<void> {
  if (row.embeddedOnly === true && world.server.isGenuine === true) return;
  for (const call of row.given ?? []) await world.must(call);
  const answer = await world.call(row.call);
  const { want, because } = row;
  expect({ code: answer.code, text: answer.text.slice(0, 2000) }, because).toMatchObject({ code: want.code });
  if (want.body !== undefined) expect(answer.body, because).toMatchObject(inWorld(world, want.body));
  for (const [path, value] of Object.entries(want.at ?? {})) {
    expect(valueAt(answer.body, path), `${path}: ${because}`).toEqual(inWorld(world, value));
  }
  if (want.message !== undefined) expect(answer.body.message, because).toContain(want.message);
  if (want.warning !== undefined) checkWarning(answer, want.warning);
  if (want.type !== undefined) expect(answer.headers['content-type'], because).toContain(want.type);
}

function checkWarning(answer: CallAnswer, wanted: string): void {
  const given = answer.headers['warning'] ?? '';
  if (wanted === '') expect(given).toBe('');
  else expect(given).toContain(wanted);
}

/** "$NS" in an expectation is the test's namespace; matchers stay what they are. */
function inWorld(world: World, value: unknown): object {
  const replace = (given: unknown): unknown => {
    if (typeof given === 'string') return given.replaceAll('$NS', world.namespace);
    if (Array.isArray(given)) return given.map(replace);
    if (typeof given !== 'object' || given === null || 'asymmetricMatch' in given) return given;
    return Object.fromEntries(Object.entries(given).map(([name, member]) => [name, replace(member)]));
  };
  return replace(value) as object;
}

function valueAt(body: unknown, path: string): unknown {
  let current = body;
  for (const name of path.split('.')) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, name);
  }
  return current;
}
