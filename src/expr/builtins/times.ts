import type { CheckResult } from '../check/signature.ts';
import { durationType, stringType, type Type, timeType, zoneType } from '../check/type.ts';
import { Fault } from '../problem.ts';
import { parseGoDuration } from '../time/duration.ts';
import { Instant, loadZone, utc, Zone } from '../time/instant.ts';
import { parseInstant } from '../time/parse.ts';
import type { Value } from '../value/types.ts';
import { textAt, typed, wrongKind } from './arguments.ts';
import type { Builtin } from './record.ts';

const dateLayouts: readonly string[] = [
  '2006-01-02',
  '15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05Z07:00',
  '02 Jan 06 15:04 MST',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
];

function checkDate(all: readonly Type[]): CheckResult {
  if (all.length === 0) return { complaint: 'date takes at least one argument' };
  const args = all[0]?.kind === 'zone' ? all.slice(1) : all;
  if (args.length > 3) return { complaint: `date takes at most three arguments, not ${args.length}` };
  return timeType;
}

function readDate(all: readonly Value[]): Instant {
  const zone = all[0] instanceof Zone ? all[0] : utc;
  const args = all[0] instanceof Zone ? all.slice(1) : all;
  const text = textAt(args, 0, 'date');
  const layouts = args.length > 1 ? [textAt(args, 1, 'date')] : dateLayouts;
  const place = args.length > 2 ? loadZone(textAt(args, 2, 'date')) : zone;
  for (const layout of layouts) {
    const instant = parseInstant(layout, text, place);
    if (instant !== undefined) return instant;
  }
  const how = args.length > 1 ? ' in the given layout' : '';
  throw new Fault('expr.range', `"${text.slice(0, 60)}" is not a date${how}`);
}

/** Functions that make times. */
export const timeBuiltins: readonly Builtin[] = [
  {
    kind: 'plain',
    name: 'now',
    signature: 'now(zone?: zone): time',
    summary: 'The time of the evaluation; the same within one evaluation.',
    example: { source: 'now() - now()', result: '0' },
    check: (args) => {
      if (args.length === 0 || (args.length === 1 && args[0]?.kind === 'zone')) return timeType;
      return { complaint: 'now takes nothing, or a time zone' };
    },
    call: (args, context) => {
      const zone = args[0];
      return new Instant(BigInt(Math.trunc(context.nowMs)) * 1_000_000n, zone instanceof Zone ? zone : utc);
    },
  },
  typed(
    {
      name: 'duration',
      signature: 'duration(text: string): duration',
      summary: 'A span of time such as "1h30m".',
      example: { source: "duration('90s').Minutes()", result: '1.5' },
    },
    [{ params: [stringType], result: durationType }],
    (args) => parseGoDuration(textAt(args, 0, 'duration')),
  ),
  {
    kind: 'plain',
    name: 'date',
    signature: 'date(zone?: zone, text: string, layout?: string, zoneName?: string): time',
    summary: 'The moment that a text names, in a common form or in the given Go layout.',
    example: { source: "date('2024-05-01').Year()", result: '2024' },
    check: checkDate,
    call: (args) => {
      if (args.length === 0) throw wrongKind('date', 'string', null);
      return readDate(args);
    },
  },
  typed(
    {
      name: 'timezone',
      signature: 'timezone(name: string): zone',
      summary: 'The time zone of this name.',
      example: { source: "date('2024-05-01').In(timezone('Asia/Tokyo')).Hour()", result: '9' },
    },
    [{ params: [stringType], result: zoneType }],
    (args) => loadZone(textAt(args, 0, 'timezone')),
  ),
];
