import { describe, expect, test } from 'vitest';
import { aSandbox, type CliWorld, runCommandLine } from '../../test/support/cli.ts';
import { createFakeCluster } from '../../test/support/fake-cluster.ts';
import {
  aFreight,
  aProject,
  aPromotion,
  aStage,
  aWarehouse,
  minutesAfter,
  runs,
  waitsForMerge,
} from '../../test/support/kargo-objects.ts';
import { freights, projects, promotions, stages, warehouses } from '../api/v1alpha1/index.ts';
import { AppError } from '../base/index.ts';
import { toExit } from './exit.ts';
import { formatSandboxInfo, parseSandboxInfo } from './sandbox-info.ts';

const old = aFreight('bold-eagle', {
  digest: 'bbbbbbbb',
  status: {
    currentlyIn: { dev: { since: minutesAfter(4) } },
    verifiedIn: { dev: { verifiedAt: minutesAfter(4) } },
  },
});
const next = aFreight('calm-fox', { minutes: 3, digest: 'cccccccc' });

function aWorld(more: Partial<CliWorld> = {}): CliWorld {
  const cluster = createFakeCluster();
  cluster.put(projects, aProject);
  cluster.put(warehouses, aWarehouse());
  for (const freight of [old, next]) cluster.put(freights, freight);
  const ready = {
    type: 'Ready',
    status: 'True' as const,
    reason: 'Verified',
    message: 'Freight has been verified',
    lastTransitionTime: minutesAfter(4),
  };
  cluster.put(stages, aStage('dev', { status: runs(old, { conditions: [ready] }) }));
  cluster.put(stages, aStage('staging', { from: ['dev'], status: { currentPromotion: { name: 'p1' } } }));
  cluster.put(promotions, aPromotion('p1', 'staging', old, waitsForMerge));
  return { cluster, nowMs: Date.parse(minutesAfter(10)), ...more };
}

describe('get', () => {
  test('lists Stages with what they run', async () => {
    const run = await runCommandLine('get stages', aWorld());
    expect(run.out).toBe(
      [
        'STAGE    FREIGHT     ARTIFACTS  HEALTH   VERIFIED  PROMOTION  AGE  MESSAGE',
        'dev      bold-eagle  bbbbbbbb   Healthy  yes                  10m  Freight has been verified',
        'staging                                            p1         10m',
        '',
      ].join('\n'),
    );
    expect(run.notes).toBe('# kubectl get stages -n ameide\n');
    expect(run.code).toBe(0);
  });

  test('lists Stages in the order of the pipeline, also when it has a circle', async () => {
    const world = aWorld();
    world.cluster.put(stages, aStage('canary', { from: ['staging'] }));
    world.cluster.put(stages, aStage('a', { from: ['b'] }));
    world.cluster.put(stages, aStage('b', { from: ['a'] }));
    const run = await runCommandLine('get stages', world);
    const names = run.out.split('\n').map((line) => line.split(' ')[0]);
    expect(names.slice(1, -1).filter((name) => name !== 'a' && name !== 'b')).toEqual([
      'dev',
      'staging',
      'canary',
    ]);
  });

  test('lists ended Promotions of several Stages newest first', async () => {
    const world = aWorld();
    const ended = (name: string, stage: string, minutes: number) => {
      const one = aPromotion(name, stage, old, { phase: 'Succeeded' });
      return { ...one, metadata: { ...one.metadata, creationTimestamp: minutesAfter(minutes) } };
    };
    world.cluster.put(promotions, ended('staging.01', 'staging', 2));
    world.cluster.put(promotions, ended('dev.01', 'dev', 3));
    const run = await runCommandLine('get promotions', world);
    const names = run.out.split('\n').map((line) => line.split(' ')[0]);
    expect(names).toEqual(['PROMOTION', 'p1', 'dev.01', 'staging.01', '']);
  });

  test('lists Freight, newest first', async () => {
    const run = await runCommandLine('get freight -n ameide -o wide', aWorld());
    expect(run.out).toBe(
      [
        `ALIAS       NAME                                      ORIGIN  ARTIFACTS     RUNS IN  VERIFIED IN  APPROVED FOR  AGE`,
        `calm-fox    ${next.metadata.name}  ameide  web@cccccccc                                      7m`,
        `bold-eagle  ${old.metadata.name}  ameide  web@bbbbbbbb  dev      dev                        9m`,
        '',
      ].join('\n'),
    );
    expect(run.notes).toBe('# kubectl get freights -n ameide -o wide\n');
  });

  test('lists Promotions with the running step', async () => {
    const run = await runCommandLine('get promotions -A', aWorld());
    expect(run.out).toBe(
      [
        'NAMESPACE  PROMOTION  STAGE    FREIGHT     PHASE    STEP                 AGE  MESSAGE',
        'ameide     p1         staging  bold-eagle  Running  2/3 git-wait-for-pr  5m   waiting for pull request 7',
        '',
      ].join('\n'),
    );
    expect(run.notes).toBe('# kubectl get promotions -A\n');
  });

  test('lists Warehouses', async () => {
    const run = await runCommandLine('get warehouses', aWorld());
    expect(run.out).toBe(
      [
        'WAREHOUSE  SUBSCRIPTIONS  INTERVAL  LAST FREIGHT  LOOKED  READY  AGE  MESSAGE',
        'ameide     1              5m0s                                   10m',
        '',
      ].join('\n'),
    );
  });

  test('cuts the last column on a terminal and colors there only', async () => {
    const run = await runCommandLine('get promotions', aWorld({ isTerminal: true, columns: 80 }));
    const control = String.fromCharCode(27);
    expect(run.out).toContain(`${control}[`);
    const plain = run.out.replaceAll(new RegExp(`${control}\\[[0-9;]*m`, 'g'), '');
    expect(plain.split('\n')[1]).toBe(
      'p1         staging  bold-eagle  Running  2/3 git-wait-for-pr  5m   waiting for pul…',
    );
  });

  test('gives JSON and YAML as a List', async () => {
    const json = await runCommandLine('get stages -o json', aWorld());
    expect(JSON.parse(json.out)).toMatchObject({
      kind: 'List',
      items: [{ kind: 'Stage' }, { kind: 'Stage' }],
    });
    const yaml = await runCommandLine('get stages -o yaml', aWorld());
    expect(yaml.out).toContain('kind: List');
  });

  test('says so when there is nothing', async () => {
    const run = await runCommandLine('get freight -n other', aWorld());
    expect(run.out).toBe('');
    expect(run.notes).toContain('There is no Freight in namespace "other".');
  });
});

describe('why', () => {
  test('is one page with what to do', async () => {
    const run = await runCommandLine('why staging', aWorld());
    expect(run.out).toBe(
      [
        'Stage staging is being promoted to: Promotion p1 waits until somebody merges pull request 7: https://github.com/ameideio/gitops/pull/7.',
        '',
        '  It promotes Freight bold-eagle to Stage "staging", asked for 5m ago.',
        '  1 of 3 steps have ended.',
        '  It runs nothing yet.',
        '  Freight calm-fox must first be verified in Stage "dev".',
        '',
        'What to do',
        '  Merge the pull request; the Promotion goes on by itself.',
        '    gantry merge https://github.com/ameideio/gitops/pull/7',
        '  Closing it without a merge ends the Promotion as Failed.',
        '',
      ].join('\n'),
    );
    expect(run.notes).toBe('# kubectl describe stage staging -n ameide\n');
  });

  test('finds a Promotion by the beginning of its name', async () => {
    const run = await runCommandLine('why p', aWorld());
    expect(run.out).toContain('Promotion p1 waits until somebody merges');
  });

  test('names what there is when there is no such thing', async () => {
    const run = await runCommandLine('why stagin', aWorld());
    expect(run.code).toBe(3);
    expect(run.notes).toBe(
      'error: no Stage or Promotion "stagin" in namespace "ameide"; Stages here: dev, staging\n',
    );
  });
});

describe('promote', () => {
  test('takes the newest Freight that may be promoted', async () => {
    const world = aWorld();
    const run = await runCommandLine('promote staging', world);
    expect(run.out).toMatch(/^Created Promotion promo-\S+: Freight bold-eagle to Stage "staging".\n/);
    const made = world.cluster.all(promotions).find(({ metadata }) => metadata.name !== 'p1');
    expect(made?.spec).toEqual({ stage: 'staging', freight: old.metadata.name, steps: [] });
    expect(run.notes).toContain('| kubectl create -f -\n');
  });

  const rows = [
    {
      args: 'promote staging --freight calm-fox',
      code: 1,
      says: 'Freight calm-fox may not be promoted to Stage "staging": it must first be verified in Stage "dev"',
      because: 'admission would refuse it with less to go on',
    },
    {
      args: 'promote staging --freight nothing',
      code: 3,
      says: 'no Freight "nothing" in namespace "ameide"; There are: bold-eagle, calm-fox',
      because: 'the aliases that exist help',
    },
    {
      args: 'promote prod',
      code: 3,
      says: 'no Stage "prod" in namespace "ameide"; There are: dev, staging',
      because: 'the Stages that exist help',
    },
    { args: 'promote', code: 2, says: "missing required argument 'stage'", because: 'it is a usage error' },
    { args: 'get stages -o xml', code: 2, says: '-o "xml" is not known', because: 'it is a usage error' },
    { args: 'nonsense', code: 2, says: "unknown command 'nonsense'", because: 'it is a usage error' },
  ];
  test.each(rows)('$args ends with $code: $because', async ({ args, code, says }) => {
    const run = await runCommandLine(args, aWorld());
    expect(run.notes).toContain(says);
    expect(run.code).toBe(code);
  });

  test('does nothing when the newest Freight runs already', async () => {
    const world = aWorld();
    world.cluster.put(stages, aStage('qa', { from: ['dev'], status: runs(old) }));
    const run = await runCommandLine('promote qa', world);
    expect(run.code).toBe(1);
    expect(run.notes).toContain('already runs bold-eagle, the newest Freight that may be promoted');
  });
});

describe('push-image', () => {
  const sandboxFile = formatSandboxInfo(aSandbox);

  test('pushes to the followed repository and refreshes who follows it', async () => {
    const world = aWorld({ sandboxFile });
    const run = await runCommandLine('push-image web', world);
    expect(run.pushed).toEqual(['ghcr.io/ameideio/web:main']);
    expect(run.out).toContain('Asked Warehouse ameide in ameide to look now.');
    const [warehouse] = world.cluster.all(warehouses);
    expect(warehouse?.metadata.annotations?.['kargo.akuity.io/refresh']).toBe('2026-01-02T03:10:00.000Z');
  });

  test.each([
    { name: 'other', want: 'ghcr.io/ameideio/other:main', because: 'nobody follows one of that name' },
    { name: 'team/other', want: 'ghcr.io/team/other:main', because: 'the owner was given' },
    { name: 'quay.io/team/other', want: 'quay.io/team/other:main', because: 'the host was given' },
  ])('$name is $want: $because', async ({ name, want }) => {
    const run = await runCommandLine(`push-image ${name}`, aWorld({ sandboxFile }));
    expect(run.pushed).toEqual([want]);
    expect(run.out).toContain('No Warehouse follows this repository.');
  });

  test('needs a sandbox', async () => {
    const run = await runCommandLine('push-image web', aWorld());
    expect(run.code).toBe(4);
    expect(run.notes).toContain('no sandbox.json lies beside the kubeconfig');
  });
});

describe('merge', () => {
  const sandboxFile = formatSandboxInfo(aSandbox);
  const merged = { status: 200, json: { merged: true, sha: '0123456789abcdef' } };

  test('finds the pull request by its number among those that Promotions wait for', async () => {
    const run = await runCommandLine('merge 7', aWorld({ sandboxFile, forge: () => merged }));
    expect(run.out).toBe('Merged pull request 7 of ameideio/gitops as 01234567.\n');
    const [request] = run.requests;
    expect(request?.method).toBe('PUT');
    expect(request?.url).toBe('https://api.github.com/repos/ameideio/gitops/pulls/7/merge');
    expect(request?.headers?.['authorization']).toBe('Bearer p4ss');
  });

  test.each([
    { args: '8', status: 200, code: 3, says: 'Open ones: https://github.com/ameideio/gitops/pull/7' },
    { args: 'seven', status: 200, code: 2, says: '"seven" is neither the number nor the URL' },
    { args: '7', status: 405, code: 1, says: 'the forge answers 405: Pull Request is not mergeable' },
    {
      args: 'https://github.com/a/b/pull/1',
      status: 404,
      code: 3,
      says: 'pull request 1 of a/b was not merged',
    },
  ])('merge $args answered by $status ends with $code', async ({ args, status, code, says }) => {
    const forge = () => ({ status, json: { message: 'Pull Request is not mergeable' } });
    const run = await runCommandLine(`merge ${args}`, aWorld({ sandboxFile, forge }));
    expect(run.notes).toContain(says);
    expect(run.code).toBe(code);
  });
});

describe('the program', () => {
  test('prints its version', async () => {
    expect((await runCommandLine('version', aWorld())).out).toBe('gantry 1.2.3\n');
    expect((await runCommandLine('--version', aWorld())).code).toBe(0);
  });

  test.each(['get stages --kubeconfig /k', '--kubeconfig /k get stages', 'merge 7 --kubeconfig /k'])(
    'takes the kubeconfig before and after the command: %s',
    async (args) => {
      const run = await runCommandLine(args, aWorld({ sandboxFile: formatSandboxInfo(aSandbox) }));
      expect(run.kubeconfigs).toEqual(['/k']);
    },
  );

  test('asks for a namespace where there are several Projects', async () => {
    const world = aWorld();
    world.cluster.put(projects, { ...aProject, metadata: { name: 'other' } });
    const run = await runCommandLine('get stages', world);
    expect(run.code).toBe(2);
    expect(run.notes).toContain('there are several Projects: ameide, other');
  });

  test.each([
    { code: 'kube.unreachable', want: 4 },
    { code: 'kube.not-found', want: 3 },
    { code: 'cli.usage', want: 2 },
    { code: 'kube.invalid', want: 1 },
  ])('$code exits with $want', ({ code, want }) => {
    const error = new AppError(code, 'it failed', { disposition: 'stop', hint: 'Do this.' });
    expect(toExit(error)).toEqual({ code: want, line: 'it failed; Do this' });
  });

  test('reads its own sandbox file, and says what is wrong with another', () => {
    expect(parseSandboxInfo(formatSandboxInfo(aSandbox))).toEqual(aSandbox);
    expect(() => parseSandboxInfo('{"kubeconfig": "x"}')).toThrow(
      'sandbox.json is not usable: server, registry',
    );
    expect(() => parseSandboxInfo('nonsense')).toThrow('sandbox.json is not usable: the whole');
  });
});
