import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { findKeys, fingerprint, nameHost, parseKnownHosts, readHostKey } from './known-hosts.ts';

/** GitHub's published key and its published fingerprint. */
const github = {
  type: 'ssh-ed25519',
  base64: 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
};
const line = `${github.type} ${github.base64}`;

function hashed(host: string): string {
  const salt = Buffer.from('01234567890123456789');
  const hash = createHmac('sha1', salt).update(host).digest('base64');
  return `|1|${salt.toString('base64')}|${hash}`;
}

const cases = [
  { hosts: 'github.com', host: 'github.com', want: true, because: 'names are compared' },
  { hosts: 'GitHub.com', host: 'github.com', want: true, because: 'whatever their case' },
  { hosts: 'github.com', host: 'www.github.com', want: false, because: 'a name has no sub-domains' },
  { hosts: 'a,github.com,b', host: 'github.com', want: true, because: 'names stand in lists' },
  { hosts: '*.github.com', host: 'ssh.github.com', want: true, because: 'a star is any text' },
  { hosts: '10.0.0.?', host: '10.0.0.7', want: true, because: 'a question mark is one character' },
  { hosts: '10.0.0.?', host: '10.0.0.77', want: false, because: 'and not two' },
  { hosts: '*,!github.com', host: 'github.com', want: false, because: 'a negated name never fits' },
  { hosts: '[git.example]:2222', host: '[git.example]:2222', want: true, because: 'ports stand in brackets' },
  {
    hosts: 'git.example',
    host: '[git.example]:2222',
    want: false,
    because: 'another port is another server',
  },
  { hosts: hashed('github.com'), host: 'github.com', want: true, because: 'names may be hashed' },
  { hosts: hashed('github.com'), host: 'gitlab.com', want: false, because: 'and still tell hosts apart' },
  { hosts: '|1|broken', host: 'github.com', want: false, because: 'a broken hash fits nothing' },
  { hosts: 'a*a*a*a*a*a*b', host: 'a'.repeat(60), want: false, because: 'no pattern is slow' },
];
test.each(cases)('$hosts names $host: $want', ({ hosts, host, want, because }) => {
  const { trusted } = findKeys(parseKnownHosts(`${hosts} ${line} comment\n`), host);
  expect(trusted, because).toEqual(want ? [github] : []);
});

test('what is no line is passed over, and what is revoked is told apart', () => {
  const text = [
    '# comment',
    '',
    'github.com',
    'github.com ssh-ed25519 !!!',
    `@cert-authority *.example ${line}`,
    `@revoked github.com ${line}`,
    `\tgithub.com\t${line}\r`,
  ].join('\n');
  expect(findKeys(parseKnownHosts(text), 'github.com')).toEqual({ trusted: [github], revoked: [github] });
  expect(findKeys(parseKnownHosts(text), 'a.example')).toEqual({ trusted: [], revoked: [] });
});

test('a key is read and shown as ssh-keygen shows it', () => {
  expect(readHostKey(Buffer.from(github.base64, 'base64'))).toEqual(github);
  expect(fingerprint(github)).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
  expect(readHostKey(Buffer.alloc(3))).toBeUndefined();
  expect(readHostKey(Buffer.from([0, 0, 0, 60, 1]))).toBeUndefined();
});

test('hosts are named as OpenSSH names them', () => {
  expect(nameHost('Git.Example', 22)).toBe('git.example');
  expect(nameHost('git.example', 2222)).toBe('[git.example]:2222');
});
