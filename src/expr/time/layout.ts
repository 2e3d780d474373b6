/** One piece of a Go time layout: literal text or a named field. */
export interface LayoutPart {
  readonly kind: LayoutKind;
  /** The text as it stands in the layout. */
  readonly text: string;
}

/** The fields that a Go layout can name. */
export type LayoutKind =
  | 'literal'
  | 'longMonth'
  | 'month'
  | 'numberMonth'
  | 'zeroMonth'
  | 'longWeekday'
  | 'weekday'
  | 'day'
  | 'spaceDay'
  | 'zeroDay'
  | 'spaceYearDay'
  | 'zeroYearDay'
  | 'hour24'
  | 'hour12'
  | 'zeroHour12'
  | 'minute'
  | 'zeroMinute'
  | 'second'
  | 'zeroSecond'
  | 'longYear'
  | 'year'
  | 'upperAmPm'
  | 'lowerAmPm'
  | 'zoneName'
  | 'offset'
  | 'fixedFraction'
  | 'trimmedFraction';

// Order matters: the first that matches wins. Source: the layout chapter of Go's time package.
const fields: readonly (readonly [RegExp, LayoutKind])[] = [
  [/January/y, 'longMonth'],
  [/Jan(?![a-z])/y, 'month'],
  [/Monday/y, 'longWeekday'],
  [/Mon(?![a-z])/y, 'weekday'],
  [/MST/y, 'zoneName'],
  [/002/y, 'zeroYearDay'],
  [/__2/y, 'spaceYearDay'],
  [/01/y, 'zeroMonth'],
  [/02/y, 'zeroDay'],
  [/03/y, 'zeroHour12'],
  [/04/y, 'zeroMinute'],
  [/05/y, 'zeroSecond'],
  [/06/y, 'year'],
  [/15/y, 'hour24'],
  [/1/y, 'numberMonth'],
  [/2006/y, 'longYear'],
  [/_2(?!006)/y, 'spaceDay'],
  [/2/y, 'day'],
  [/3/y, 'hour12'],
  [/4/y, 'minute'],
  [/5/y, 'second'],
  [/PM/y, 'upperAmPm'],
  [/pm/y, 'lowerAmPm'],
  [/[Z-]07:00:00|[Z-]070000|[Z-]07:00|[Z-]0700|[Z-]07/y, 'offset'],
  [/[.,]0+(?!\d)/y, 'fixedFraction'],
  [/[.,]9+(?!\d)/y, 'trimmedFraction'],
];

/** Splits a Go layout such as "2006-01-02T15:04:05Z07:00" into its parts. */
export function splitLayout(layout: string): readonly LayoutPart[] {
  const parts: LayoutPart[] = [];
  let literal = '';
  for (let at = 0; at < layout.length; ) {
    const found = fieldAt(layout, at);
    if (found === undefined) {
      literal += layout[at];
      at++;
      continue;
    }
    if (literal !== '') parts.push({ kind: 'literal', text: literal });
    literal = '';
    parts.push(found);
    at += found.text.length;
  }
  if (literal !== '') parts.push({ kind: 'literal', text: literal });
  return parts;
}

function fieldAt(layout: string, at: number): LayoutPart | undefined {
  for (const [pattern, kind] of fields) {
    pattern.lastIndex = at;
    const text = pattern.exec(layout)?.[0];
    if (text !== undefined) return { kind, text };
  }
  return undefined;
}

/** English month names, January first. */
export const monthNames: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** English weekday names, Sunday first. */
export const weekdayNames: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
];
