import { daysOf, fixedZone, type Instant, instantOf, utc, type Zone } from './instant.ts';
import { type LayoutPart, monthNames, splitLayout, weekdayNames } from './layout.ts';

interface Draft {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  afternoon: boolean | undefined;
  zone: Zone | undefined;
}

/** The instant that a text names in a Go layout; `undefined` when it does not fit. Without an offset it is in `zone`. */
export function parseInstant(layout: string, text: string, zone: Zone = utc): Instant | undefined {
  const draft: Draft = {
    year: 0,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    afternoon: undefined,
    zone: undefined,
  };
  let rest: string | undefined = text;
  const parts = splitLayout(layout);
  for (const [index, part] of parts.entries()) {
    rest = readPart(draft, part, rest);
    if (rest === undefined) return undefined;
    // A fraction after the second is accepted where the layout has none.
    if ((part.kind === 'zeroSecond' || part.kind === 'second') && !isFraction(parts[index + 1])) {
      rest = readFraction(draft, rest);
    }
  }
  return rest === '' ? finish(draft, zone) : undefined;
}

function isFraction(part: LayoutPart | undefined): boolean {
  return part?.kind === 'fixedFraction' || part?.kind === 'trimmedFraction';
}

function finish(draft: Draft, zone: Zone): Instant | undefined {
  if (draft.afternoon === true && draft.hour < 12) draft.hour += 12;
  if (draft.afternoon === false && draft.hour === 12) draft.hour = 0;
  if (draft.month < 1 || draft.month > 12 || draft.hour > 23 || draft.minute > 59 || draft.second > 59) {
    return undefined;
  }
  const monthLength = daysOf(draft.year, draft.month + 1, 1) - daysOf(draft.year, draft.month, 1);
  if (draft.day < 1 || draft.day > monthLength) return undefined;
  return instantOf(draft, draft.zone ?? zone);
}

function readFraction(draft: Draft, text: string): string {
  const match = /^[.,](?<digits>\d+)/.exec(text);
  if (match === null) return text;
  draft.nanosecond = Number((match.groups?.['digits'] ?? '').slice(0, 9).padEnd(9, '0'));
  return text.slice(match[0].length);
}

function readNumber(text: string, pattern: RegExp, store: (value: number) => void): string | undefined {
  const found = pattern.exec(text)?.[0];
  if (found === undefined) return undefined;
  store(Number(found.trim()));
  return text.slice(found.length);
}

function readName(
  text: string,
  names: readonly string[],
  store: (index: number) => void,
): string | undefined {
  const index = names.findIndex((name) => text.slice(0, name.length).toLowerCase() === name.toLowerCase());
  if (index < 0) return undefined;
  store(index);
  return text.slice((names[index] ?? '').length);
}

const oneOrTwo = /^\d{1,2}/;
const exactlyTwo = /^\d\d/;
const shortNames = (names: readonly string[]): readonly string[] => names.map((name) => name.slice(0, 3));

function readPart(draft: Draft, part: LayoutPart, text: string): string | undefined {
  switch (part.kind) {
    case 'literal':
      return text.startsWith(part.text) ? text.slice(part.text.length) : undefined;
    case 'longMonth':
      return readName(text, monthNames, (index) => {
        draft.month = index + 1;
      });
    case 'month':
      return readName(text, shortNames(monthNames), (index) => {
        draft.month = index + 1;
      });
    case 'longWeekday':
      return readName(text, weekdayNames, () => {});
    case 'weekday':
      return readName(text, shortNames(weekdayNames), () => {});
    case 'numberMonth':
    case 'zeroMonth':
      return readNumber(text, part.kind === 'zeroMonth' ? exactlyTwo : oneOrTwo, (value) => {
        draft.month = value;
      });
    case 'day':
    case 'spaceDay':
    case 'zeroDay':
      return readNumber(text, part.kind === 'zeroDay' ? exactlyTwo : /^ ?\d{1,2}/, (value) => {
        draft.day = value;
      });
    case 'spaceYearDay':
    case 'zeroYearDay':
      return readNumber(text, /^[ \d]{2}\d/, (value) => {
        draft.day = value;
      });
    case 'hour24':
    case 'hour12':
    case 'zeroHour12':
      return readNumber(text, part.kind === 'zeroHour12' ? exactlyTwo : oneOrTwo, (value) => {
        draft.hour = value;
      });
    case 'minute':
    case 'zeroMinute':
      return readNumber(text, part.kind === 'zeroMinute' ? exactlyTwo : oneOrTwo, (value) => {
        draft.minute = value;
      });
    case 'second':
    case 'zeroSecond':
      return readNumber(text, part.kind === 'zeroSecond' ? exactlyTwo : oneOrTwo, (value) => {
        draft.second = value;
      });
    case 'longYear':
      return readNumber(text, /^\d{4}/, (value) => {
        draft.year = value;
      });
    case 'year':
      return readNumber(text, exactlyTwo, (value) => {
        draft.year = value >= 69 ? 1900 + value : 2000 + value;
      });
    case 'upperAmPm':
    case 'lowerAmPm':
      return readAmPm(draft, part, text);
    case 'zoneName':
      return readZoneName(draft, text);
    case 'offset':
      return readOffset(draft, part.text, text);
    case 'fixedFraction':
    case 'trimmedFraction':
      return part.kind === 'fixedFraction' && !/^[.,]\d/.test(text) ? undefined : readFraction(draft, text);
  }
}

function readAmPm(draft: Draft, part: LayoutPart, text: string): string | undefined {
  const word = part.kind === 'upperAmPm' ? /^(?:AM|PM)/.exec(text)?.[0] : /^(?:am|pm)/.exec(text)?.[0];
  if (word === undefined) return undefined;
  draft.afternoon = word.toLowerCase() === 'pm';
  return text.slice(2);
}

function readZoneName(draft: Draft, text: string): string | undefined {
  const word = /^(?:UTC|[A-Z]{3,4})/.exec(text)?.[0];
  if (word === undefined) return undefined;
  draft.zone = word === 'UTC' ? utc : fixedZone(0, word);
  return text.slice(word.length);
}

function readOffset(draft: Draft, form: string, text: string): string | undefined {
  if (form.startsWith('Z') && text.startsWith('Z')) {
    draft.zone = utc;
    return text.slice(1);
  }
  const colon = form.includes(':') ? ':' : '';
  const fieldCount = form.replace(/[^\d]/g, '').length / 2;
  const pattern = new RegExp(`^([+-])(\\d\\d)${`${colon}(\\d\\d)`.repeat(fieldCount - 1)}`);
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(2).map(Number);
  if (hours > 24 || minutes > 60 || seconds > 60) return undefined;
  const size = hours * 3600 + minutes * 60 + seconds;
  draft.zone = size === 0 ? utc : fixedZone(match[1] === '-' ? -size : size);
  return text.slice(match[0].length);
}
