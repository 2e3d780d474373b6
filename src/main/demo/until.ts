import type { KubeObject, ResourceType } from '../../api/meta/index.ts';
import type { KubeChanges } from '../../ports/index.ts';

/**
 * Waits for the first object, now or by a change, for which `find` gives something. Nothing is polled.
 *
 * Errors: what `find` throws; the reason of an aborted signal.
 */
export function untilObject<T extends KubeObject, Found>(
  changes: KubeChanges,
  type: ResourceType<T>,
  find: (object: T) => Found | undefined,
  signal: AbortSignal,
): Promise<Found> {
  return new Promise((resolve, reject) => {
    let stop: (() => void) | undefined;
    let isSettled = false;
    const settle = (end: () => void): void => {
      isSettled = true;
      signal.removeEventListener('abort', onAbort);
      stop?.();
      end();
    };
    const onAbort = (): void => settle(() => reject(signal.reason));
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    stop = changes.subscribe(type, (change) => {
      if (isSettled || change.kind === 'deleted') return;
      try {
        const found = find(change.object);
        if (found !== undefined) settle(() => resolve(found));
      } catch (error) {
        settle(() => reject(error));
      }
    });
    if (isSettled) stop();
  });
}
