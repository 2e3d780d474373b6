import { expect, test } from 'vitest';
import { parseModules, resolveModuleUrl } from './modules.ts';

const files: {
  readonly name: string;
  readonly given: string;
  readonly want: readonly object[] | string;
  readonly because: string;
}[] = [
  { name: 'nothing', given: '', want: [], because: 'an empty file names no submodule' },
  {
    name: 'as git writes it',
    given: '[submodule "lib/a"]\n\tpath = lib/a\n\turl = ../a.git\n\tbranch = main\n',
    want: [{ name: 'lib/a', path: 'lib/a', url: '../a.git', update: undefined }],
    because: 'git submodule add writes this',
  },
  {
    name: 'quotes, escapes, comments and repeated sections',
    given:
      '; c\n[submodule "a\\"b"] path = "x # y" # c\n[core]\npath=no\n[Submodule "a\\"b"]\r\n URL = u v  ; c\nupdate=none\nurl=w\\\n z\n',
    want: [{ name: 'a"b', path: 'x # y', url: 'w z', update: 'none' }],
    because: 'it is a configuration file of git; the last value counts',
  },
  {
    name: 'no assignment',
    given: '[submodule "a"]\n= x\n',
    want: 'line 2 is malformed',
    because: 'git refuses it',
  },
  {
    name: 'an open quote',
    given: '[submodule "a"]\npath = "x\n',
    want: 'line 2 is malformed',
    because: 'as git',
  },
  {
    name: 'an unknown escape',
    given: '[submodule "a"]\npath = \\x\n',
    want: 'line 2 is malformed',
    because: 'as git',
  },
  { name: 'an open section', given: '[submodule "a\n', want: 'line 1 is malformed', because: 'as git' },
];

test.each(files)('.gitmodules: $name', ({ given, want, because }) => {
  const read = parseModules(given);
  expect(read.ok ? read.modules : read.problem, because).toEqual(want);
});

test('a hostile file takes no longer than its length', () => {
  for (const part of [' ', '\\', '"', '[a', '[submodule "', '\\\n']) {
    const text = `[submodule "a"]\nx${part.repeat(200_000 / part.length)}`;
    expect(typeof parseModules(text).ok).toBe('boolean');
    expect(typeof parseModules(`[a${part.repeat(200_000 / part.length)}`).ok).toBe('boolean');
  }
});

const https = 'https://git.example/team/app.git';
const addresses: {
  readonly base: string;
  readonly url: string;
  readonly want: string | undefined;
  readonly because: string;
}[] = [
  { base: https, url: '../lib.git', want: 'https://git.example/team/lib.git', because: 'a sibling' },
  {
    base: `${https}/`,
    url: '../lib.git',
    want: 'https://git.example/team/lib.git',
    because: 'a final slash is none',
  },
  { base: https, url: './x', want: 'https://git.example/team/app.git/x', because: 'below the repository' },
  { base: https, url: '../../o/./lib', want: 'https://git.example/o/lib', because: 'of another owner' },
  { base: https, url: '../../../x', want: undefined, because: 'it climbs above the host' },
  { base: https, url: '../..', want: undefined, because: 'a host is no repository' },
  {
    base: 'git@h.example:team/app.git',
    url: '../lib.git',
    want: 'git@h.example:team/lib.git',
    because: 'scp form',
  },
  {
    base: 'git@h.example:app.git',
    url: '../lib.git',
    want: 'git@h.example:lib.git',
    because: 'below the colon',
  },
  {
    base: 'ssh://git@h.example:2222/t/app',
    url: '../lib',
    want: 'ssh://git@h.example:2222/t/lib',
    because: 'ssh',
  },
  { base: https, url: 'https://o.example/x.git', want: 'https://o.example/x.git', because: 'absolute' },
  { base: https, url: 'git@o.example:x.git', want: 'git@o.example:x.git', because: 'absolute in scp form' },
  {
    base: https,
    url: 'file:///etc',
    want: undefined,
    because: 'files of this machine are nobody’s submodules',
  },
  { base: https, url: '/etc/x', want: undefined, because: 'a path of this machine' },
  { base: https, url: 'ext::sh -c id', want: undefined, because: 'it would run a command' },
  { base: https, url: 'ext::id', want: undefined, because: 'it would run a command' },
  { base: https, url: 'fd::17', want: undefined, because: 'a remote helper' },
  { base: https, url: 'git://o.example/x', want: undefined, because: 'nothing proves who answers' },
  { base: https, url: '-u./x', want: undefined, because: 'it would be an option' },
  { base: https, url: 'https://o.example/x\n', want: undefined, because: 'line breaks end headers' },
];

test.each(addresses)('$url of $base', ({ base, url, want, because }) => {
  expect(resolveModuleUrl(base, url), because).toBe(want);
});
