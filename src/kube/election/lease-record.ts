import type { Lease } from '../../api/core/index.ts';

type LeaseSpec = NonNullable<Lease['spec']>;

/** A time as Leases carry it: RFC 3339, UTC, microseconds, e.g. "2026-01-02T03:04:05.000006Z". */
export function formatMicroTime(timeMicros: number): string {
  const ms = Math.floor(timeMicros / 1000);
  const micros = timeMicros - ms * 1000;
  return new Date(ms).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}

/** Who holds the lease as the server has it; `undefined` after a release. */
export function holderOf(lease: Lease): string | undefined {
  const holder = lease.spec?.holderIdentity;
  return holder === '' ? undefined : holder;
}

/** How long the holder asked for, in milliseconds; `otherwiseMs` when the lease does not say. */
export function durationOf(lease: Lease, otherwiseMs: number): number {
  const seconds = lease.spec?.leaseDurationSeconds;
  return seconds === undefined || seconds <= 0 ? otherwiseMs : seconds * 1000;
}

/**
 * The spec with which a candidate takes a lease, or its holder renews it.
 *
 * Guarantees: `renewTime` differs from that of `old`, whatever the clock says, so that others see every renewal.
 */
export function toHeldSpec(
  old: Lease | undefined,
  holder: { readonly identity: string; readonly durationMs: number; readonly nowMs: number },
): LeaseSpec {
  const micros = Math.floor(holder.nowMs * 1000);
  const now = formatMicroTime(micros);
  const renewTime = old?.spec?.renewTime === now ? formatMicroTime(micros + 1) : now;
  const isSame = old !== undefined && holderOf(old) === holder.identity;
  const transitions = old?.spec?.leaseTransitions ?? 0;
  return {
    holderIdentity: holder.identity,
    leaseDurationSeconds: Math.ceil(holder.durationMs / 1000),
    acquireTime: isSame ? (old.spec?.acquireTime ?? renewTime) : renewTime,
    renewTime,
    leaseTransitions: old === undefined || isSame ? transitions : transitions + 1,
  };
}
