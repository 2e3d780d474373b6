/** Wraps an integer to 64 bits, as Go's arithmetic does. */
export function wrapInt(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** Is the number within a signed 64-bit integer? */
export function fitsInt(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

/** Go's conversion of a float to an int: cut toward zero; what does not fit becomes the smallest int. */
export function toInt(value: number): bigint {
  if (!Number.isFinite(value)) return -(2n ** 63n);
  const whole = BigInt(Math.trunc(value));
  return fitsInt(whole) ? whole : -(2n ** 63n);
}

/**
 * A float as Go's "%v" writes it: the shortest digits, with an exponent below 1e-4 and from 1e+06 on.
 */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', exponentText = '0'] = Math.abs(value).toExponential().split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace('.', '');
  if (value !== 0 && (exponent < -4 || exponent >= 6)) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const rest = digits.slice(exponent + 1);
  return rest === '' ? sign + whole : `${sign}${whole}.${rest}`;
}

/** A float as Go's JSON encoder writes it; the caller has excluded NaN and infinities. */
export function formatJsonFloat(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

// A decimal float, e.g. "-1_000.5e-3"; digits may be parted by single underscores.
const decimal = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d[\d_]*)?$/i;
// A hexadecimal float, e.g. "0x1.8p3"; the exponent is required.
const hexadecimal = /^(?<sign>[+-]?)0x(?<whole>[\da-f_]*)\.?(?<rest>[\da-f_]*)p(?<exponent>[+-]?\d[\d_]*)$/i;
// An infinity or NaN by name, e.g. "-Inf".
const special = /^(?:(?<sign>[+-]?)inf(?:inity)?|nan)$/i;
// An underscore that does not part two digits, e.g. "1_.5".
const strayUnderscore = /(?:^|[^\da-fx])_|_(?:[^\da-f]|$)/i;

/**
 * The float that Go's ParseFloat reads from the text; `undefined` when it refuses.
 *
 * Accepts decimal and hexadecimal floats, underscores with a base prefix only, and infinity and NaN by name; refuses what is out
 * of range.
 */
export function parseFloat64(text: string): number | undefined {
  const named = special.exec(text);
  if (named !== null) {
    if (/nan/i.test(text)) return Number.NaN;
    return named.groups?.['sign'] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (text.includes('_') && strayUnderscore.test(text)) return undefined;
  const plain = text.replaceAll('_', '');
  if (decimal.test(text)) return finite(Number(plain));
  const hex = hexadecimal.exec(plain)?.groups;
  if (hex === undefined) return undefined;
  const whole = hex['whole'] ?? '';
  const rest = hex['rest'] ?? '';
  if (whole + rest === '') return undefined;
  const mantissa = Number(BigInt(`0x${whole}${rest}`));
  const value = mantissa * 2 ** (Number(hex['exponent']) - 4 * rest.length);
  return finite(hex['sign'] === '-' ? -value : value);
}

/** The integer that Go's Atoi reads from the text; `undefined` when it refuses. */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text) || text.length > 4096) return undefined;
  const value = text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
  return fitsInt(value) ? value : undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
