import { Fault } from '../problem.ts';

/** A time zone: a fixed offset or a named zone of the runtime's zone data. */
export class Zone {
  /** "UTC", a zone name such as "Europe/Zurich", or "" for a bare offset. */
  readonly name: string;
  /** Seconds east of Greenwich at an instant. */
  readonly offsetAt: (epochSeconds: number) => number;
  constructor(name: string, offsetAt: (epochSeconds: number) => number) {
    this.name = name;
    this.offsetAt = offsetAt;
  }
}

/** A moment with nanosecond precision and the zone it is shown in. */
export class Instant {
  /** Since 1970-01-01T00:00:00Z. */
  readonly nanoseconds: bigint;
  readonly zone: Zone;
  constructor(nanoseconds: bigint, zone: Zone) {
    this.nanoseconds = nanoseconds;
    this.zone = zone;
  }
}

/** Calendar parts of an instant in its zone. */
export interface CalendarParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
  readonly offsetSeconds: number;
  readonly zoneName: string;
}

/** UTC. */
export const utc: Zone = new Zone('UTC', () => 0);

const billion = 1_000_000_000n;

/** A zone with a fixed offset. */
export function fixedZone(offsetSeconds: number, name = ''): Zone {
  return new Zone(name, () => offsetSeconds);
}

/** The zone of this name; throws a fault when the runtime does not know it. */
export function loadZone(name: string): Zone {
  if (name === '' || name === 'UTC') return utc;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    throw new Fault('expr.argument', `unknown time zone "${name.slice(0, 60)}"`);
  }
  return new Zone(name, (epochSeconds) => readOffset(format, epochSeconds));
}

function readOffset(format: Intl.DateTimeFormat, epochSeconds: number): number {
  const bounded = Math.max(-8.6e12, Math.min(8.6e12, epochSeconds));
  const parts = format.formatToParts(bounded * 1000);
  const text = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
  // "GMT", "GMT+05:30" or "GMT-00:44:30".
  const match = /(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d)(?::(?<seconds>\d\d))?/.exec(text)?.groups;
  if (match === undefined) return 0;
  const size =
    Number(match['hours']) * 3600 + Number(match['minutes']) * 60 + Number(match['seconds'] ?? '0');
  return match['sign'] === '-' ? -size : size;
}

/** Days since 1970-01-01 of a date in the proleptic Gregorian calendar; day and month may overflow. */
export function daysOf(year: number, month: number, day: number): number {
  const carried = year + Math.floor((month - 1) / 12);
  const within = ((((month - 1) % 12) + 12) % 12) + 1;
  const shifted = within <= 2 ? carried - 1 : carried;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (within + (within > 2 ? -3 : 9)) + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468 + day - 1;
}

/** The parts of an instant in its zone. */
export function partsOf(instant: Instant): CalendarParts {
  const epochSeconds = floorDivide(instant.nanoseconds, billion);
  const nanosecond = Number(instant.nanoseconds - BigInt(epochSeconds) * billion);
  const offsetSeconds = instant.zone.offsetAt(epochSeconds);
  const local = epochSeconds + offsetSeconds;
  const days = Math.floor(local / 86_400);
  const secondOfDay = local - days * 86_400;
  const { year, month, day } = dateOfDays(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(secondOfDay / 3600),
    minute: Math.floor((secondOfDay % 3600) / 60),
    second: secondOfDay % 60,
    nanosecond,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysOf(year, 1, 1) + 1,
    offsetSeconds,
    zoneName: instant.zone.name,
  };
}

/** The instant of a local date and time in a zone; parts may overflow, as in Go's time.Date. */
export function instantOf(
  parts: Pick<CalendarParts, 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'nanosecond'>,
  zone: Zone,
): Instant {
  const days = daysOf(parts.year, parts.month, parts.day);
  const local = days * 86_400 + parts.hour * 3600 + parts.minute * 60 + parts.second;
  const first = zone.offsetAt(local);
  const second = zone.offsetAt(local - first);
  return new Instant(BigInt(local - second) * billion + BigInt(parts.nanosecond), zone);
}

/** Seconds since the epoch, rounded down. */
export function epochSecondsOf(instant: Instant): number {
  return floorDivide(instant.nanoseconds, billion);
}

function floorDivide(value: bigint, by: bigint): number {
  const quotient = value / by;
  return Number(value < 0n && quotient * by !== value ? quotient - 1n : quotient);
}

function dateOfDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
