import { expect, test } from 'vitest';
import { formatSourceRef, parseSourceRef } from './source-ref.ts';

const accepted = [
  { given: 'pullsecret:argocd/docker', want: 'pullsecret:argocd/docker', because: 'the usual form' },
  { given: 'PullSecret:argocd/docker', want: 'pullsecret:argocd/docker', because: 'the type has no case' },
  { given: 'secret:ns/some#creds', want: 'secret:ns/some#creds', because: 'the usual form' },
  { given: 'env:DOCKER_HUB_CREDS', want: 'env:DOCKER_HUB_CREDS', because: 'the usual form' },
  { given: 'ext:/usr/local/bin/login.sh', want: 'ext:/usr/local/bin/login.sh', because: 'the usual form' },
  { given: 'ext:relative.sh', want: 'ext:relative.sh', because: 'only the allowed list judges paths' },
  {
    given: 'ghcr.io=secret:ns/x#y',
    want: 'secret:ns/x#y',
    because: 'the registry is a form of former times',
  },
  {
    given: '=env:A',
    want: undefined,
    because: 'the cut is ignored when a side is empty, and "=env" is no type',
  },
  { given: 'serviceaccount:demo/default', want: 'serviceaccount:demo/default', because: 'an addition' },
  { given: ' env:A', want: undefined, because: 'nothing is trimmed' },
  { given: 'env:A ', want: 'env:A ', because: 'nothing is trimmed' },
  { given: '', want: undefined, because: 'empty' },
  { given: 'env', want: undefined, because: 'one part' },
  { given: 'env:', want: undefined, because: 'an empty definition' },
  { given: ':A', want: undefined, because: 'an empty type' },
  { given: 'env:A:B', want: undefined, because: 'three parts' },
  { given: 'ext:/a=b', want: undefined, because: 'cut at the first "="' },
  { given: 'env:A=', want: 'env:A=', because: 'the cut is ignored when a side is empty' },
  { given: 'vault:a', want: undefined, because: 'an unknown type' },
  { given: 'pullsecret:docker', want: undefined, because: 'no namespace' },
  { given: 'pullsecret:a/b/c', want: undefined, because: 'two slashes' },
  { given: 'pullsecret:/b', want: undefined, because: 'an empty namespace' },
  { given: 'pullsecret:a/', want: undefined, because: 'an empty name' },
  { given: 'secret:ns/x', want: undefined, because: 'no field' },
  { given: 'secret:ns/x#', want: undefined, because: 'an empty field' },
  { given: 'secret:ns/x#a#b', want: undefined, because: 'two fields' },
  { given: 'secret:x#a', want: undefined, because: 'no namespace' },
  { given: 'secret:a/b/c#d', want: undefined, because: 'two slashes' },
];

test.each(accepted)('"$given": $because', ({ given, want }) => {
  const result = parseSourceRef(given);
  expect(result.ok ? formatSourceRef(result.ref) : undefined).toBe(want);
});
