import type { KubeObject, ObjectKey, ResourceType } from '../../src/api/meta/index.ts';
import type { JsonObject } from '../../src/base/index.ts';

/** A kind for tests of machinery that must not know real kinds. */
export interface Widget extends KubeObject {
  readonly spec: JsonObject;
  readonly status?: JsonObject;
}

/** The type of Widgets. */
export const widgetType: ResourceType<Widget> = {
  group: 'test.gantry.io',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
};

/** Widget "demo/a" unless told otherwise. */
export function createWidget(
  name: string = 'a',
  more: {
    readonly spec?: JsonObject;
    readonly status?: JsonObject;
    readonly labels?: Record<string, string>;
  } = {},
): Widget {
  return {
    apiVersion: 'test.gantry.io/v1',
    kind: 'Widget',
    metadata: { namespace: 'demo', name, ...(more.labels === undefined ? {} : { labels: more.labels }) },
    spec: more.spec ?? {},
    ...(more.status === undefined ? {} : { status: more.status }),
  };
}

/** A Widget as a server would send it. */
export function createServedWidget(
  name: string,
  version: number,
  more: { readonly uid?: string } = {},
): Widget {
  const widget = createWidget(name);
  const uid = more.uid ?? `uid-${name}`;
  return { ...widget, metadata: { ...widget.metadata, uid, resourceVersion: String(version) } };
}

/** The key of a Widget in "demo". */
export function widgetKey(name: string = 'a'): ObjectKey {
  return { namespace: 'demo', name };
}
