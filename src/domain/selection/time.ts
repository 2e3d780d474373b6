// RFC 3339, e.g. "2024-01-31T12:00:00.123456789+02:00".
const timestampForm =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})T(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})(?:[.,](?<fraction>\d+))?(?:Z|(?<sign>[+-])(?<offsetHour>\d{2}):(?<offsetMinute>\d{2}))$/;

/**
 * Milliseconds since the epoch, with fractions, of an RFC 3339 text; `undefined` when it is none.
 *
 * Source: Go's time.Parse, which refuses days that the month does not have.
 */
export function parseTimestampMs(text: string): number | undefined {
  const parts = timestampForm.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const number = (name: string): number => Number(parts[name] ?? 0);
  const [month, day] = [number('month'), number('day')];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(number('year'), month)) return undefined;
  if (number('hour') > 23 || number('minute') > 59 || number('second') > 59) return undefined;
  if (number('offsetHour') > 24 || number('offsetMinute') > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(number('year'), month - 1, day);
  date.setUTCHours(number('hour'), number('minute'), number('second'));
  const offsetMs =
    (number('offsetHour') * 60 + number('offsetMinute')) * 60_000 * (parts['sign'] === '-' ? -1 : 1);
  return date.getTime() - offsetMs + Number(`0.${parts['fraction'] ?? 0}`) * 1000;
}

function daysOf(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}
