/**
 * The string formats that kube-apiserver checks. A format that is not here is not checked, as there.
 * Each expression is linear: no nested repetition.
 */

// e.g. "2026-01-31T09:00:00.5+02:00"
const dateTime = /^(?<date>\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
// e.g. "2026-01-31"
const date = /^\d{4}-\d{2}-\d{2}$/;
// e.g. "someone@example.com"
const email = /^[^\s@"<>]+@[^\s@"<>]+$/;
// e.g. "example-host"
const hostLabel = /^[A-Za-z0-9][A-Za-z0-9-]*$/;
// e.g. "https://example.com/x"
const uri = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]*$/;
// e.g. "123e4567-e89b-12d3-a456-426614174000"
const uuid = /^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$/;
// e.g. "aGVsbG8="
const byte = /^[A-Za-z0-9+/\r\n]*={0,2}$/;
// e.g. "00:1A:2b:3c:4d:5e"
const mac = /^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5,7}$/;
// e.g. "#fff"
const hexColor = /^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/;

/** Does the text follow the format? True for formats that are not known. */
export function followsFormat(format: string, text: string): boolean {
  const check = checks[format];
  return check === undefined || check(text);
}

const checks: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) => isDateTime(text),
  datetime: (text) => isDateTime(text),
  date: (text) => date.test(text) && isRealDate(text),
  email: (text) => email.test(text),
  hostname: (text) => text.length <= 255 && text.split('.').every((part) => isHostLabel(part)),
  uri: (text) => uri.test(text) || text.startsWith('/'),
  ipv4: (text) => isIpv4(text),
  ipv6: (text) => isIpv6(text),
  cidr: (text) => isCidr(text),
  mac: (text) => mac.test(text),
  uuid: (text) => uuid.test(text),
  uuid3: (text) => uuid.test(text),
  uuid4: (text) => uuid.test(text),
  uuid5: (text) => uuid.test(text),
  byte: (text) => byte.test(text),
  hexcolor: (text) => hexColor.test(text),
};

function isDateTime(text: string): boolean {
  const found = dateTime.exec(text);
  return (
    found?.groups !== undefined && isRealDate(found.groups['date'] ?? '') && !Number.isNaN(Date.parse(text))
  );
}

/** JavaScript takes February 30 for March 2; Go refuses it. */
function isRealDate(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

function isHostLabel(label: string): boolean {
  return label.length <= 63 && hostLabel.test(label) && !label.endsWith('-');
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1) ?? '';
  const hasIpv4Tail = tail.includes('.');
  if (hasIpv4Tail && !isIpv4(tail)) return false;
  const plain = hasIpv4Tail ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = plain.length + (hasIpv4Tail ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

function isCidr(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  if (!/^\d{1,3}$/.test(bits)) return false;
  return (isIpv4(address) && Number(bits) <= 32) || (isIpv6(address) && Number(bits) <= 128);
}
