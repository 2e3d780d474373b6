import { freights } from '../../api/v1alpha1/index.ts';
import { AppError } from '../../base/index.ts';
import type { KubeWriter } from '../../ports/index.ts';
import type { WarehouseDone, WarehousePlan } from './types.ts';

/** Creates the Freight that the plan asks for; creating what exists already is no error, its name says what it is. */
export async function act(
  writer: KubeWriter,
  plan: WarehousePlan,
  signal: AbortSignal,
): Promise<WarehouseDone> {
  if (plan.kind !== 'mint') return { kind: 'nothing' };
  try {
    return { kind: 'created', freight: await writer.create(freights, plan.freight, signal) };
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    return error.code === 'kube.already-exists' ? { kind: 'existed' } : { kind: 'refused', error };
  }
}
