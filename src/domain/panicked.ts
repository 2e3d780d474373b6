import { type Condition, setCondition } from '../api/meta/index.ts';
import { formatTime } from './time.ts';

/**
 * The status of an object whose pass ended in an unforeseen exception: as it was, and not Ready. The next pass that
 * succeeds says otherwise by itself. Pure.
 */
export function toPanickedStatus<Status extends { readonly conditions?: readonly Condition[] | undefined }>(
  object: { readonly metadata: { readonly generation?: number }; readonly status?: Status | undefined },
  message: string,
  nowMs: number,
): Status & { readonly conditions: readonly Condition[] } {
  const { generation } = object.metadata;
  const ready = {
    type: 'Ready',
    status: 'False' as const,
    reason: 'InternalError',
    message,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  const { status } = object;
  const conditions = setCondition(status?.conditions, ready, formatTime(nowMs));
  return { ...(status as Status), conditions };
}
