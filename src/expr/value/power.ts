/**
 * A power of two floats with the last digit that Go gives: fractional part by exp and log, whole part by squaring.
 *
 * ECMAScript leaves the accuracy of `**` to the engine, so equal manifests could differ between hosts.
 */
export function goPower(base: number, exponent: number): number {
  // Unlike ECMAScript, IEEE 754 gives 1 here.
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  if (exponent === 0.5) return Math.sqrt(base);
  if (exponent === -0.5) return 1 / Math.sqrt(base);
  const size = Math.abs(exponent);
  const isOrdinary = Number.isFinite(base) && base !== 0 && size > 0 && size < 2 ** 31;
  if (!isOrdinary || (base < 0 && !Number.isInteger(exponent))) return base ** exponent;
  let whole = Math.trunc(size);
  let rest = size - whole;
  if (rest > 0.5) {
    rest -= 1;
    whole += 1;
  }
  let result = rest === 0 ? 1 : Math.exp(rest * Math.log(base));
  let resultExponent = 0;
  let [factor, factorExponent] = splitFloat(base);
  for (let bits = whole; bits !== 0; bits = Math.floor(bits / 2)) {
    if (Math.abs(factorExponent) > 4096) {
      resultExponent += factorExponent;
      break;
    }
    if (bits % 2 === 1) {
      result *= factor;
      resultExponent += factorExponent;
    }
    factor *= factor;
    factorExponent *= 2;
    if (factor < 0.5) {
      factor += factor;
      factorExponent -= 1;
    }
  }
  return exponent < 0 ? joinFloat(1 / result, -resultExponent) : joinFloat(result, resultExponent);
}

/** A float as a fraction from 0.5 to 1 and a power of two. */
function splitFloat(value: number): [fraction: number, exponent: number] {
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(value))) + 1);
  let fraction = value * 2 ** -exponent;
  while (Math.abs(fraction) < 0.5) {
    fraction *= 2;
    exponent--;
  }
  while (Math.abs(fraction) >= 1) {
    fraction /= 2;
    exponent++;
  }
  return [fraction, exponent];
}

function joinFloat(fraction: number, exponent: number): number {
  if (exponent > 2100) return fraction * Number.POSITIVE_INFINITY;
  if (exponent < -2200) return fraction * 0;
  const half = Math.trunc(exponent / 2);
  return fraction * 2 ** half * 2 ** (exponent - half);
}
