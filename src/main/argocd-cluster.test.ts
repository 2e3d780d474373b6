import { expect, test } from 'vitest';
import { createFakeCluster } from '../../test/support/fake-cluster.ts';
import { createWidget, widgetKey, widgetType } from '../../test/support/widget.ts';
import { type Application, applications } from '../api/argocd/index.ts';
import type { KubeObject, ResourceType } from '../api/meta/index.ts';
import { joinClusters } from './argocd-cluster.ts';

const live = new AbortController().signal;
const place = { namespace: 'demo', name: 'a' };
const application: Application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: place,
};
/** Of Argo's group as well, but not of Argo CD. */
const runs: ResourceType = { ...applications, kind: 'AnalysisRun', plural: 'analysisruns' };
const run: KubeObject = { ...application, kind: 'AnalysisRun' };

test('Applications are read, watched and written in their own cluster, all else at home', async () => {
  const home = createFakeCluster({ watched: [{ type: widgetType }, { type: runs }] });
  const argocd = createFakeCluster({ watched: [{ type: applications }] });
  const both = joinClusters(home, argocd);
  const told: string[] = [];
  both.changes.subscribe(applications, ({ object }) => told.push(object.kind));
  both.changes.subscribe(widgetType, ({ object }) => told.push(object.kind));
  await both.writer.create(applications, application, live);
  await both.writer.create(widgetType, createWidget(), live);
  await both.writer.create(runs, run, live);
  await both.writer.mergePatch(applications, place, { metadata: { labels: { x: 'y' } } }, {}, live);
  expect(both.reader.get(applications, place)?.metadata.labels).toEqual({ x: 'y' });
  expect(both.reader.list(applications)).toHaveLength(1);
  expect(await both.reader.listLive(runs, {}, live)).toHaveLength(1);
  expect(home.all(applications)).toEqual([]);
  expect([argocd.all(widgetType), argocd.all(runs)]).toEqual([[], []]);
  expect(told).toEqual(['Application', 'Widget', 'Application']);
  await both.writer.delete(applications, place, {}, live);
  await both.writer.delete(widgetType, widgetKey(), {}, live);
  expect([argocd.all(applications), home.all(widgetType)]).toEqual([[], []]);
  expect(joinClusters(home, home)).toBe(home);
});
