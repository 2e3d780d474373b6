/** One section of a `.gitmodules` file, as written; nothing of it is checked. */
export interface GitModule {
  readonly name: string;
  readonly path: string | undefined;
  readonly url: string | undefined;
  /** How an update treats it; "none" leaves it alone. */
  readonly update: string | undefined;
}

/** What a `.gitmodules` file says. */
export type ModulesResult =
  | { readonly ok: true; readonly modules: readonly GitModule[] }
  | { readonly ok: false; readonly problem: string };

const section = /^\[\s*([A-Za-z0-9.-]+)\s*(?:"((?:[^"\\]|\\.)*)"\s*)?\](.*)$/;
const assignment = /^([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*(.*))?$/s;

/** Reads a `.gitmodules` file in the syntax of git's configuration files; of a repeated key the last value counts. */
export function parseModules(text: string): ModulesResult {
  const modules = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const { line, number } of joinLines(text)) {
    let rest = line.trim();
    const header = section.exec(rest);
    if (header !== null) {
      const [, kind = '', name, after = ''] = header;
      current = undefined;
      if (kind.toLowerCase() === 'submodule' && name !== undefined) {
        const plain = name.replaceAll(/\\(.)/g, '$1');
        current = modules.get(plain) ?? new Map();
        modules.set(plain, current);
      }
      rest = after.trim();
    }
    if (rest === '' || rest.startsWith('#') || rest.startsWith(';')) continue;
    const [, key, raw = ''] = assignment.exec(rest) ?? [];
    const value = readValue(raw);
    if (key === undefined || value === undefined)
      return { ok: false, problem: `line ${number} is malformed` };
    current?.set(key.toLowerCase(), value);
  }
  const all = [...modules].map(([name, keys]) => ({
    name,
    path: keys.get('path'),
    url: keys.get('url'),
    update: keys.get('update'),
  }));
  return { ok: true, modules: all };
}

/** Lines, those that end in a backslash together with the next. */
function* joinLines(text: string): Generator<{ readonly line: string; readonly number: number }> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const number = index + 1;
    let line = lines[index] ?? '';
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(line) && index + 1 < lines.length) {
      index++;
      line = line.slice(0, -1) + (lines[index] ?? '');
    }
    yield { line, number };
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '"': '"', '\\': '\\' };

/** A value without its quotes and comment; `undefined` when it is malformed. */
function readValue(raw: string): string | undefined {
  let value = '';
  let isQuoted = false;
  // Spaces count when something follows them.
  let kept = 0;
  for (let index = 0; index < raw.length; index++) {
    const char = raw[index] ?? '';
    if (char === '\\') {
      const meant = escapes[raw[++index] ?? ''];
      if (meant === undefined) return undefined;
      value += meant;
    } else if (char === '"') {
      isQuoted = !isQuoted;
    } else if (!isQuoted && (char === '#' || char === ';')) {
      break;
    } else {
      value += char;
      if (!isQuoted && /\s/.test(char)) continue;
    }
    kept = value.length;
  }
  return isQuoted ? undefined : value.slice(0, kept);
}

const absolute = /^(?:https?|ssh):\/\/[^/\s]/i;
const scpForm = /^(?:[^@/:\s]+@)?[^@/:\s]{2,}:(?!:|\/\/)[^\s]/;

/**
 * The address of a submodule, where one that begins with "./" or "../" is relative to the address of its repository.
 * `undefined` for anything that is not http, https, ssh or "user@host:path", and for one that climbs above the host.
 */
export function resolveModuleUrl(base: string, url: string): string | undefined {
  if (url.startsWith('-') || /[\0-\x20\x7f]/.test(url)) return undefined;
  if (!/^\.\.?(?:\/|$)/.test(url)) return absolute.test(url) || scpForm.test(url) ? url : undefined;
  const [, root, path] =
    /^((?:https?|ssh):\/\/[^/]+\/)(.*)$/i.exec(base) ??
    /^((?:[^@/:\s]+@)?[^@/:\s]+:\/?)(.*)$/.exec(base) ??
    [];
  if (root === undefined || path === undefined) return undefined;
  const names = path.split('/').filter((name) => name !== '');
  for (const name of url.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names.length === 0 ? undefined : root + names.join('/');
}
