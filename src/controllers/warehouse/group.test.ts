import { expect, test } from 'vitest';
import { rules, warehouse } from '../../../test/support/warehouse-data.ts';
import { decide } from './decide.ts';
import { whyDue } from './due.ts';
import { toFreight } from './freight.ts';
import { candidatesOf, grouped } from './group.ts';
import { report } from './report.ts';
import type { DiscoveredArtifacts, Warehouse, WarehousePlan } from './types.ts';

const startMs = Date.parse('2026-01-02T03:04:00Z');
const at = (seconds: number): number => startMs + seconds * 1000;
const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, '');

/** What a look finds: per image its references as "tag=revision", best first. */
type Found = Readonly<Record<string, readonly string[]>>;

function artifactsOf(found: Found, nowMs: number): DiscoveredArtifacts {
  const images = Object.entries(found).map(([name, references]) => ({
    repoURL: `ghcr.io/example/${name}`,
    references: references.map((text) => {
      const [tag = '', revision = ''] = text.split('=');
      const annotations =
        revision === '' ? {} : { annotations: { 'org.opencontainers.image.revision': revision } };
      return { tag, digest: `sha256:${Buffer.from(`${name} ${text}`).toString('hex')}`, ...annotations };
    }),
  }));
  return { discoveredAt: time(nowMs), git: [], images, charts: [], results: [] };
}

/** A Warehouse that is taken through passes at given times, as the runner would. */
function drive(annotations: Record<string, string>) {
  let object: Warehouse = warehouse({ metadata: { annotations, creationTimestamp: time(startMs) } });
  const minted: string[] = [];
  return {
    pass(
      seconds: number,
      found: Found,
    ): { plan: WarehousePlan['kind']; says: string; due: string; wakesIn: number } {
      const nowMs = at(seconds);
      const due = whyDue(object, nowMs);
      const fresh = artifactsOf(found, nowMs);
      const artifacts = due === undefined ? object.status?.discoveredArtifacts : fresh;
      const freight = artifacts && toFreight(object, candidatesOf(object, artifacts));
      const seen = {
        object,
        nowMs,
        isMine: true,
        look:
          due === undefined
            ? { kind: 'not-due' as const }
            : { kind: 'found' as const, artifacts: fresh, skipped: [] },
        hasFreight: freight !== undefined && minted.includes(freight.metadata.name),
      };
      const plan = decide(seen, rules);
      const created = plan.kind === 'mint' ? plan.freight : undefined;
      const { status, wakeUp } = report(
        seen,
        plan,
        created ? { kind: 'created', freight: created } : { kind: 'nothing' },
        rules,
      );
      if (created !== undefined) minted.push(created.metadata.name);
      object = { ...object, status: { ...object.status, ...status } };
      const condition = object.status?.conditions?.find(({ type }) => type === grouped);
      return {
        plan: plan.kind,
        says: condition === undefined ? '' : `${condition.status} ${condition.reason}: ${condition.message}`,
        due: due ?? '',
        wakesIn: wakeUp.kind === 'after' ? wakeUp.delayMs / 1000 : -1,
      };
    },
  };
}

const byRevision = { 'gantry.io/group-by': 'revision' };
const settled = { ...byRevision, 'gantry.io/group-settle': '30s' };

test('while one image is behind, no Freight mixes two revisions, and the one behind is named', () => {
  const { pass } = drive(byRevision);
  expect(pass(0, { web: ['main=new'], api: ['main=old'] })).toEqual({
    plan: 'wait-for-group',
    says: 'False Incomplete: No Freight is made of images that do not belong together: ghcr.io/example/api has no image with label org.opencontainers.image.revision new (its newest has old)',
    due: 'first',
    wakesIn: 300,
  });
  expect(pass(300, { web: ['main=new'], api: ['main=new'] })).toMatchObject({
    plan: 'mint',
    says: 'True Complete: All images have label org.opencontainers.image.revision new',
  });
});

test('an older set that belongs together is minted while a newer one is not there yet', () => {
  const { pass } = drive({ 'gantry.io/group-by': 'tag' });
  expect(pass(0, { web: ['v2', 'v1'], api: ['v1'] })).toMatchObject({
    plan: 'mint',
    says: 'True Complete: All images have tag v1; ghcr.io/example/api has no image with tag v2 (its newest has v1)',
  });
  expect(pass(300, { web: ['v2', 'v1'], api: ['v1'] }).plan).toBe('keep');
  expect(pass(600, { web: ['v2', 'v1'], api: ['v2', 'v1'] })).toMatchObject({
    plan: 'mint',
    says: 'True Complete: All images have tag v2',
  });
});

test('a set must stay as it is for the settle time, and is looked at again when that is over', () => {
  const { pass } = drive(settled);
  const first = { web: ['main=a'], api: ['main=a'] };
  expect(pass(0, first)).toMatchObject({ plan: 'let-settle', wakesIn: 30 });
  expect(pass(10, first), 'woken for another reason').toMatchObject({
    plan: 'let-settle',
    due: '',
    wakesIn: 20,
  });
  expect(pass(30, first), 'the quiet is proven by a look').toMatchObject({ plan: 'mint', due: 'settled' });
  expect(pass(330, first), 'Freight that exists does not settle again').toMatchObject({ plan: 'keep' });
});

test('a set that changes settles anew', () => {
  const { pass } = drive(settled);
  expect(pass(0, { web: ['main=a'], api: ['main=a'] }).plan).toBe('let-settle');
  expect(pass(30, { web: ['main=b'], api: ['main=b'] })).toMatchObject({ plan: 'let-settle', wakesIn: 30 });
  expect(pass(45, { web: ['main=b'], api: ['main=b'] })).toMatchObject({ plan: 'let-settle', wakesIn: 15 });
  expect(pass(60, { web: ['main=b'], api: ['main=b'] }).plan).toBe('mint');
});

test('a set that falls apart while it settles is not minted', () => {
  const { pass } = drive(settled);
  expect(pass(0, { web: ['main=a'], api: ['main=a'] }).plan).toBe('let-settle');
  expect(pass(30, { web: ['main=b'], api: ['main=a'] }).plan).toBe('wait-for-group');
  expect(pass(330, { web: ['main=a'], api: ['main=a'] }), 'from the beginning').toMatchObject({
    plan: 'let-settle',
    wakesIn: 30,
  });
});

test('a rule that cannot be followed is told, and nothing is minted', () => {
  const { pass } = drive({ ...byRevision, 'gantry.io/group-settle': 'soon' });
  expect(pass(0, { web: ['main=a'] })).toMatchObject({
    plan: 'report-bad-group',
    says: 'False InvalidGroupRule: annotation gantry.io/group-settle is "soon": it must be a duration between 0s and 24h, like 30s',
  });
  const other = drive({ ...byRevision, 'gantry.io/group-members': 'ghcr.io/example/web, wbe' });
  expect(other.pass(0, { web: ['main=a'] }).says).toContain('"wbe" is no image subscription');
});
