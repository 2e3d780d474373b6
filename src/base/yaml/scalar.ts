/** A value that fits into one scalar. Use bigint for integers beyond 2^53. */
export type YamlScalarValue = string | number | bigint | boolean | null;

/** Where a scalar is going to stand, and how the one before it was written. */
export interface ScalarPlace {
  readonly style: 'plain' | 'single' | 'double';
  readonly isInFlow: boolean;
}

/** Plain texts that some reader of YAML 1.1 or 1.2, or Go's number parser, takes for something else than a string. */
const nonStrings: readonly RegExp[] = [
  /^(?:~|null|y|yes|n|no|true|false|on|off|=|<<)$/i,
  // integers, e.g. 0755, 0o17, 0x1F, -0b1_0, 1_000
  /^[-+]?(?:0[bB][01_]+|0[oO]?[0-7_]+|[0-9][0-9_]*)$/,
  // floats, e.g. 1.5, .5, 1e3, 1_0.5; some readers want no digits in front, e.g. e12
  /^[-+]?(?:[0-9][0-9_]*)?(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?$/,
  // hexadecimal integers and floats, e.g. 0x1F, 0x1p-2
  /^[-+]?0[xX][0-9a-fA-F_.]*(?:[pP][-+]?[0-9]*)?$/,
  // sexagesimal, e.g. 1:30, 190:20:30.15
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^[-+]?\.?(?:inf|infinity)$/i,
  /^[-+]?\.?nan$/i,
  // dates, e.g. 2024-01-01, 2024-1-1T10:00:00Z
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[Tt\s])/,
];

/** Characters that every reader takes as they are within a plain scalar. */
const plainCharacters =
  /^[\x20-\x7e\u00a1-\u1fff\u2010-\u2027\u2030-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\u{10000}-\u{1fffd}]+$/u;

/**
 * The text of a scalar for its place; `undefined` when the value cannot be written.
 *
 * Guarantees: a string reads back as that string under YAML 1.1 and 1.2; a number is written in digits without an
 * exponent; quotes are kept, and put around a string only where they are needed.
 */
export function formatScalar(value: YamlScalarValue, place: ScalarPlace): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return formatNumber(value);
  if (/\p{Surrogate}/u.test(value)) return undefined;
  if (place.style === 'plain' && isPlainString(value, place.isInFlow)) return value;
  if (place.style === 'single' && isPrintable(value)) return quoteSingle(value);
  return quoteDouble(value);
}

function isPrintable(text: string): boolean {
  return text === '' || plainCharacters.test(text);
}

function isPlainString(text: string, isInFlow: boolean): boolean {
  if (!plainCharacters.test(text) || text !== text.trim()) return false;
  if (/^[-?:,[\]{}#&*!|>'"%@`]/.test(text) || text.startsWith('...')) return false;
  if (/:(?: |$)| #/.test(text)) return false;
  if (isInFlow && /[,[\]{}]|:$/.test(text)) return false;
  return !nonStrings.some((pattern) => pattern.test(text));
}

function quoteSingle(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** JSON's string is YAML's double-quoted scalar, but for characters that YAML wants escaped or some readers fold. */
function quoteDouble(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u00a0\u2000-\u200f\u2028-\u202f\ufdd0-\ufdef\ufeff\ufffe\uffff]/g,
    (char) => {
      return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}

/** The shortest digits that read back as the same number, without an exponent; e.g. 1e21 gives 1 and 21 zeros. */
function formatNumber(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const match = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:e(?<exponent>[-+]\d+))?$/.exec(
    String(value),
  );
  const { sign = '', whole = '', fraction = '', exponent } = match?.groups ?? {};
  if (exponent === undefined) return String(value);
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
