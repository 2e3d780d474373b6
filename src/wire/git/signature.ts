/** Who did something, and when. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Seconds since the epoch. */
  readonly timeSec: number;
  /** Offset from UTC as stored, e.g. "+0200". */
  readonly timezone: string;
  /** The line as read, where it is not how it would be written; written back as it is. */
  readonly raw?: string;
}

/** Reads "Name <mail> 1700000000 +0000"; what does not fit is kept in `raw`. Total. */
export function decodeSignature(text: string): Signature {
  const open = text.indexOf('<');
  const close = text.lastIndexOf('>');
  const name = (open < 0 ? text : text.slice(0, open)).trim();
  const email = open < 0 || close < open ? '' : text.slice(open + 1, close);
  const time = /^ *(?<sec>\d{1,15}) +(?<zone>[+-]\d{4,6})$/.exec(close < 0 ? '' : text.slice(close + 1));
  const signature = {
    name,
    email,
    timeSec: Number(time?.groups?.['sec'] ?? 0),
    timezone: time?.groups?.['zone'] ?? '+0000',
  };
  return encodeSignature(signature) === text ? signature : { ...signature, raw: text };
}

/** The line of a signature; characters that would break it are dropped, as git does. */
export function encodeSignature(signature: Signature): string {
  if (signature.raw !== undefined) return signature.raw;
  const { name, email, timeSec, timezone } = signature;
  return `${cleanName(name)} <${cleanName(email)}> ${Math.trunc(timeSec)} ${timezone}`;
}

function cleanName(text: string): string {
  return text.replace(/[<>\n\r\0]/g, '').trim();
}
