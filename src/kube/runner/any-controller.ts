import type { KubeObject } from '../../api/meta/index.ts';
import type { Controller, SeenObject } from '../../ports/index.ts';

/** A controller whose types the runner does not need to know. */
export type AnyController = Controller<KubeObject, SeenObject<KubeObject>, unknown, unknown, unknown>;
