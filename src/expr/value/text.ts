import { Duration, formatGoDuration } from '../time/duration.ts';
import { formatGoTime } from '../time/format.ts';
import { Instant, Zone } from '../time/instant.ts';
import { orderOf } from './compare.ts';
import { isList, mapEntries } from './kinds.ts';
import { formatFloat } from './number.ts';
import { Bytes, Method, Record_, type Value, Verbatim } from './types.ts';

/** A value as `string()` shows it: Go's "%v". */
export function formatValue(value: Value): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatFloat(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(formatValue).join(' ')}]`;
  if (value instanceof Verbatim) return value.text;
  if (value instanceof Instant) return formatGoTime(value);
  if (value instanceof Duration) return formatGoDuration(value);
  if (value instanceof Zone) return value.name;
  if (value instanceof Bytes) return `[${[...value.bytes].join(' ')}]`;
  if (value instanceof Method) return `${value.name}()`;
  if (value instanceof Record_) return formatRecord(value);
  return formatMap(value);
}

function formatRecord(record: Record_): string {
  if (record.spec.text !== undefined) return record.spec.text;
  return `&{${record.spec.fields.map((field) => formatValue(field.value)).join(' ')}}`;
}

function formatMap(value: Value): string {
  const entries = [...(mapEntries(value) ?? [])];
  entries.sort(([a], [b]) => orderOf(a, b) ?? 0);
  return `map[${entries.map(([key, item]) => `${formatValue(key)}:${formatValue(item)}`).join(' ')}]`;
}
