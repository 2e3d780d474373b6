import { Fault } from '../problem.ts';

/** A span of time: nanoseconds as a 64-bit integer. */
export class Duration {
  readonly nanoseconds: bigint;
  constructor(nanoseconds: bigint) {
    this.nanoseconds = BigInt.asIntN(64, nanoseconds);
  }
}

const unitNanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Nanoseconds of a text such as "1h30m"; throws a fault when it is no duration. */
export function parseGoDuration(text: string): Duration {
  const bad = new Fault('expr.argument', `"${text.slice(0, 40)}" is not a duration such as "1h30m"`);
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return new Duration(0n);
  // One number and unit, e.g. "1.5h".
  const part = /(?<whole>\d*)(?:\.(?<rest>\d*))?(?<unit>ns|us|µs|μs|ms|s|m|h)/y;
  let total = 0n;
  let at = 0;
  if (body === '' || body.length > 200) throw bad;
  while (at < body.length) {
    part.lastIndex = at;
    const groups = part.exec(body)?.groups;
    if (groups === undefined) throw bad;
    const whole = groups['whole'] ?? '';
    const rest = groups['rest'] ?? '';
    if (whole === '' && rest === '') throw bad;
    const unit = unitNanoseconds[groups['unit'] ?? ''] ?? 0n;
    total += BigInt(whole === '' ? '0' : whole) * unit;
    if (rest !== '') total += (BigInt(rest) * unit) / 10n ** BigInt(rest.length);
    at = part.lastIndex;
  }
  if (total >= 2n ** 63n) throw bad;
  return new Duration(text.startsWith('-') ? -total : total);
}

/** Go's text of a duration: "1h0m0s", "1.5s", "100ms". */
export function formatGoDuration(duration: Duration): string {
  const total = duration.nanoseconds;
  if (total === 0n) return '0s';
  const sign = total < 0n ? '-' : '';
  const size = total < 0n ? -total : total;
  if (size < 1000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${fraction(size, 1000n)}µs`;
  if (size < 1_000_000_000n) return `${sign}${fraction(size, 1_000_000n)}ms`;
  const hours = size / 3_600_000_000_000n;
  const minutes = (size / 60_000_000_000n) % 60n;
  const seconds = `${fraction(size % 60_000_000_000n, 1_000_000_000n)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function fraction(value: bigint, unit: bigint): string {
  const width = unit.toString().length - 1;
  const rest = (value % unit).toString().padStart(width, '0').replace(/0+$/, '');
  return rest === '' ? `${value / unit}` : `${value / unit}.${rest}`;
}
