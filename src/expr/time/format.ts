import { type CalendarParts, type Instant, partsOf } from './instant.ts';
import { type LayoutPart, monthNames, splitLayout, weekdayNames } from './layout.ts';

/** An instant written by a Go layout. */
export function formatInstant(instant: Instant, layout: string): string {
  const parts = partsOf(instant);
  return splitLayout(layout)
    .map((part) => formatPart(parts, part))
    .join('');
}

/** An instant as JSON has it: RFC 3339 with as many digits of the second as needed. */
export function formatRfc3339(instant: Instant): string {
  return formatInstant(instant, '2006-01-02T15:04:05.999999999Z07:00');
}

/** An instant as Go's String method writes it. */
export function formatGoTime(instant: Instant): string {
  return formatInstant(instant, '2006-01-02 15:04:05.999999999 -0700 MST');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function formatPart(parts: CalendarParts, part: LayoutPart): string {
  const hour12 = parts.hour % 12 === 0 ? 12 : parts.hour % 12;
  switch (part.kind) {
    case 'literal':
      return part.text;
    case 'longMonth':
      return monthNames[parts.month - 1] ?? '';
    case 'month':
      return (monthNames[parts.month - 1] ?? '').slice(0, 3);
    case 'numberMonth':
      return String(parts.month);
    case 'zeroMonth':
      return two(parts.month);
    case 'longWeekday':
      return weekdayNames[parts.weekday] ?? '';
    case 'weekday':
      return (weekdayNames[parts.weekday] ?? '').slice(0, 3);
    case 'day':
      return String(parts.day);
    case 'spaceDay':
      return String(parts.day).padStart(2, ' ');
    case 'zeroDay':
      return two(parts.day);
    case 'spaceYearDay':
      return String(parts.yearDay).padStart(3, ' ');
    case 'zeroYearDay':
      return String(parts.yearDay).padStart(3, '0');
    case 'hour24':
      return two(parts.hour);
    case 'hour12':
      return String(hour12);
    case 'zeroHour12':
      return two(hour12);
    case 'minute':
      return String(parts.minute);
    case 'zeroMinute':
      return two(parts.minute);
    case 'second':
      return String(parts.second);
    case 'zeroSecond':
      return two(parts.second);
    case 'longYear':
      return parts.year < 0
        ? `-${String(-parts.year).padStart(4, '0')}`
        : String(parts.year).padStart(4, '0');
    case 'year':
      return two(((parts.year % 100) + 100) % 100);
    case 'upperAmPm':
      return parts.hour >= 12 ? 'PM' : 'AM';
    case 'lowerAmPm':
      return parts.hour >= 12 ? 'pm' : 'am';
    case 'zoneName':
      return formatZoneName(parts);
    case 'offset':
      return formatOffset(parts.offsetSeconds, part.text);
    case 'fixedFraction':
    case 'trimmedFraction':
      return formatFraction(parts.nanosecond, part);
  }
}

function formatFraction(nanosecond: number, part: LayoutPart): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, part.text.length - 1);
  if (part.kind === 'fixedFraction') return part.text.slice(0, 1) + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : part.text.slice(0, 1) + trimmed;
}

function formatZoneName(parts: CalendarParts): string {
  if (parts.zoneName !== '' && !parts.zoneName.includes('/')) return parts.zoneName;
  const [hours, minutes] = splitOffset(parts.offsetSeconds);
  const sign = parts.offsetSeconds < 0 ? '-' : '+';
  return minutes === 0 ? `${sign}${two(hours)}` : `${sign}${two(hours)}${two(minutes)}`;
}

function formatOffset(offsetSeconds: number, form: string): string {
  if (form.startsWith('Z') && offsetSeconds === 0) return 'Z';
  const [hours, minutes, seconds] = splitOffset(offsetSeconds);
  const colon = form.includes(':') ? ':' : '';
  const fieldCount = form.replace(/[^\d]/g, '').length / 2;
  const fields = [hours, minutes, seconds].slice(0, fieldCount).map(two);
  return `${offsetSeconds < 0 ? '-' : '+'}${fields.join(colon)}`;
}

function splitOffset(offsetSeconds: number): readonly [number, number, number] {
  const size = Math.abs(offsetSeconds);
  return [Math.floor(size / 3600), Math.floor((size % 3600) / 60), size % 60];
}
