import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServer, createApiServer } from '../../src/embedded/apiserver/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { definitions, widget } from '../contracts/kube-api/world.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { createTestTls } from '../support/tls.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const timeLimitMs = 15_000;
const hasKubectl = spawnSync('kubectl', ['version', '--client'], { timeout: 10_000 }).status === 0;

/** kubectl in a home of its own: it caches discovery there. */
class Kubectl {
  readonly folder = mkdtempSync(join(tmpdir(), 'gantry-kubectl-'));
  readonly #env = {
    PATH: process.env['PATH'] ?? '',
    HOME: this.folder,
    KUBECONFIG: join(this.folder, 'kubeconfig'),
  };

  file(name: string, content: unknown): string {
    const path = join(this.folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  /** Runs kubectl and answers what it printed; a failure is an answer too. It is ended when `enough` is. */
  run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    enough: (out: string) => boolean = () => false,
  ): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const child = spawn('kubectl', args, {
        env: { ...this.#env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: timeLimitMs,
      });
      const chunks = { out: '', err: '' };
      child.stdout.on('data', (chunk: Buffer) => {
        chunks.out += chunk.toString('utf8');
        if (enough(chunks.out)) child.kill();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        chunks.err += chunk.toString('utf8');
      });
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? -1, ...chunks }));
    });
  }

  /** Runs kubectl, which has to succeed, and answers its output. */
  async must(...args: string[]): Promise<string> {
    const { code, out, err } = await this.run(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${err}${out}`);
    return out;
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Columns of a printed table without their widths. */
const table = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) =>
      line
        .trim()
        .split(/\s{2,}/)
        .join('|'),
    );

describe.skipIf(!hasKubectl)('kubectl (skipped when it is not on the PATH)', () => {
  const kubectl = new Kubectl();
  let server: ApiServer | undefined;

  beforeAll(async () => {
    const tls = await createTestTls(['127.0.0.1']);
    const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createRecordingLog() };
    server = await createApiServer(deps, { token: 'kubectl-token', tls });
    // kubectl sends tokens over https only.
    const cluster = {
      server: server.url,
      'certificate-authority-data': Buffer.from(tls.ca).toString('base64'),
    };
    kubectl.file('kubeconfig', {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'it', cluster }],
      users: [{ name: 'it', user: { token: 'kubectl-token' } }],
      contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
      'current-context': 'it',
    });
    const items = definitions;
    kubectl.file('definitions.yaml', { apiVersion: 'v1', kind: 'List', items });
    await kubectl.must('apply', '-f', join(kubectl.folder, 'definitions.yaml'));
    await kubectl.must(
      'wait',
      '--for=condition=Established',
      'crd/widgets.contract.example.com',
      '--timeout=5s',
    );
  });
  afterAll(async () => {
    await server?.close();
    kubectl.dispose();
  });

  test('version, api-resources, api-versions', async () => {
    expect(await kubectl.must('version')).toContain('Server Version: v1.32');
    const resources = await kubectl.must('api-resources', '--api-group=contract.example.com', '-o', 'wide');
    expect(table(resources)).toContainEqual(
      'widgets|wd|contract.example.com/v1|true|Widget|delete,deletecollection,get,list,patch,create,update,watch|all',
    );
    expect(await kubectl.must('api-versions')).toContain('contract.example.com/v1');
  });

  test('create, get, describe, apply, patch, edit, wait, delete a custom resource', async () => {
    const file = kubectl.file('w.yaml', widget('w'));
    expect(await kubectl.must('apply', '-f', file)).toBe('widget.contract.example.com/w created\n');
    expect(await kubectl.must('apply', '-f', file)).toBe('widget.contract.example.com/w unchanged\n');
    kubectl.file('w.yaml', widget('w', { color: 'blue' }));
    expect(await kubectl.must('diff', '-f', file).catch(String)).toContain('+  color: blue');
    expect(await kubectl.must('apply', '-f', file)).toBe('widget.contract.example.com/w configured\n');
    expect(table(await kubectl.must('get', 'wd'))[0]).toBe('NAME|SIZE|READY|AGE');
    await kubectl.must('patch', 'wd', 'w', '--type=merge', '-p', '{"spec":{"size":5}}');
    await kubectl.must(
      'patch',
      'wd',
      'w',
      '--type=json',
      '-p',
      '[{"op":"replace","path":"/spec/size","value":6}]',
    );
    const ready = '{"status":{"conditions":[{"type":"Ready","status":"True"}]}}';
    const waiting = kubectl.must('wait', '--for=condition=Ready', 'wd/w', '--timeout=10s');
    await kubectl.must('patch', 'wd', 'w', '--subresource=status', '--type=merge', '-p', ready);
    expect(await waiting).toBe('widget.contract.example.com/w condition met\n');
    expect(table(await kubectl.must('get', 'wd', '-o', 'wide'))[1]).toMatch(/^w\|6\|True\|blue\|\d+s$/);
    const editor = { KUBE_EDITOR: 'sed -i s/blue/green/' };
    expect((await kubectl.run(['edit', 'wd', 'w'], editor)).out).toBe(
      'widget.contract.example.com/w edited\n',
    );
    expect(await kubectl.must('get', 'wd', 'w', '-o', 'jsonpath={.spec.color}')).toBe('green');
    const described = await kubectl.must('describe', 'wd', 'w');
    expect(described).toMatch(/Events: +<none>/);
    expect(described).toMatch(/Size: +6/);
    expect(await kubectl.must('delete', 'wd', 'w')).toBe('widget.contract.example.com "w" deleted\n');
    const missing = await kubectl.run(['get', 'wd', 'w']);
    expect(missing.err).toBe('Error from server (NotFound): widgets.contract.example.com "w" not found\n');
  });

  test('server-side apply, its conflicts, its diff, and the way there and back', async () => {
    const file = kubectl.file('s.yaml', widget('s', { mode: 'fast' }));
    const applyServerSide = ['apply', '--server-side', '-f', file];
    expect(await kubectl.must(...applyServerSide)).toBe('widget.contract.example.com/s serverside-applied\n');
    await kubectl.must('patch', 'wd', 's', '--type=merge', '-p', '{"spec":{"mode":"slow"}}');
    const refused = await kubectl.run(applyServerSide);
    expect(refused.err).toContain(
      'Apply failed with 1 conflict: conflict with "kubectl-patch" using contract.example.com/v1: .spec.mode',
    );
    const diff = await kubectl.run(['diff', '--server-side', '--force-conflicts', '-f', file]);
    expect(diff.out).toContain('+  mode: fast');
    expect(await kubectl.must(...applyServerSide, '--force-conflicts')).toContain('serverside-applied');
    expect(await kubectl.must('get', 'wd', 's', '-o', 'jsonpath={.spec.mode}')).toBe('fast');
    const shown = await kubectl.must('get', 'wd', 's', '-o', 'json', '--show-managed-fields');
    expect(JSON.parse(shown)).toMatchObject({
      metadata: { managedFields: [{ manager: 'kubectl', operation: 'Apply' }] },
    });
    const manifest = kubectl.file('m.yaml', widget('m', { mode: 'fast' }));
    await kubectl.must('apply', '-f', manifest);
    kubectl.file('m.yaml', widget('m', { code: 'x' }));
    await kubectl.must('apply', '--server-side', '-f', manifest);
    const moved = JSON.parse(await kubectl.must('get', 'wd', 'm', '-o', 'json', '--show-managed-fields'));
    // The fields have moved to the applier, so that what the manifest no longer names is gone.
    expect(moved.spec).toEqual({ size: 3, color: 'red', code: 'x' });
    expect(moved.metadata.managedFields.map((entry: { manager: string }) => entry.manager)).not.toContain(
      'kubectl-client-side-apply',
    );
    kubectl.file('m.yaml', widget('m', { code: 'y' }));
    expect(await kubectl.must('apply', '-f', manifest)).toBe('widget.contract.example.com/m configured\n');
    expect(await kubectl.must('get', 'wd', 'm', '-o', 'jsonpath={.spec.code}')).toBe('y');
    const map = kubectl.file('cm.yaml', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'ssa' },
      data: { a: '1' },
    });
    expect(await kubectl.must('apply', '--server-side', '-f', map)).toBe(
      'configmap/ssa serverside-applied\n',
    );
    expect(await kubectl.must('apply', '--server-side', '-f', map)).toBe(
      'configmap/ssa serverside-applied\n',
    );
  });

  test('problems read as those of a genuine server', async () => {
    const file = kubectl.file('bad.yaml', widget('bad', { size: 0, what: 1 }));
    const strict = await kubectl.run(['apply', '-f', file]);
    expect(strict.err).toContain('strict decoding error: unknown field "spec.what"');
    const loose = await kubectl.run(['apply', '-f', file, '--validate=warn']);
    expect(loose.err).toContain('Warning: unknown field "spec.what"');
    expect(loose.err).toContain(
      'The Widget "bad" is invalid: spec.size: Invalid value: 0: spec.size in body should be',
    );
  });

  test('get -w follows changes', async () => {
    await kubectl.must('create', '-f', kubectl.file('watched.yaml', widget('watched')));
    const rows = (out: string): string[] => table(out).filter((line) => line.startsWith('watched|'));
    let hasStarted = (): void => {};
    const started = new Promise<void>((resolve) => {
      hasStarted = resolve;
    });
    const watching = kubectl.run(['get', 'wd', 'watched', '-w'], {}, (out) => {
      if (rows(out).length > 0) hasStarted();
      return rows(out).some((line) => line.startsWith('watched|9'));
    });
    await started;
    // The list has been printed; the watch begins at its version, so nothing is lost between the two.
    await kubectl.must('patch', 'wd', 'watched', '--type=merge', '-p', '{"spec":{"size":9}}');
    const { out } = await watching;
    expect(table(out)[0]).toBe('NAME|SIZE|READY|AGE');
    expect(rows(out).map((line) => line.split('|')[1])).toEqual(['3', '9']);
  });

  test('core kinds, typed creation in protobuf, strategic patches', async () => {
    expect(await kubectl.must('create', 'namespace', 'core')).toBe('namespace/core created\n');
    const inCore = (...args: string[]): Promise<string> => kubectl.must('-n', 'core', ...args);
    await inCore('create', 'secret', 'generic', 's', '--from-literal=a=b');
    await inCore('create', 'configmap', 'c', '--from-literal=a=b');
    await inCore('create', 'serviceaccount', 'sa');
    await inCore('create', 'role', 'r', '--verb=get', '--resource=secrets');
    await inCore('create', 'rolebinding', 'rb', '--role=r', '--serviceaccount=core:sa');
    expect(await inCore('get', 'secret', 's', '-o', 'jsonpath={.data.a}')).toBe('Yg==');
    expect(table(await inCore('get', 'secrets'))[1]).toMatch(/^s\|Opaque\|1\|\d+s$/);
    expect(table(await inCore('get', 'rolebinding', '-o', 'wide'))[1]).toMatch(
      /^rb\|Role\/r\|\d+s\|core\/sa$/,
    );
    await inCore('patch', 'cm', 'c', '-p', '{"data":{"x":"y"}}');
    const file = kubectl.file('c.yaml', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c' },
      data: { a: 'z' },
    });
    expect(await inCore('apply', '-f', file)).toBe('configmap/c configured\n');
    expect(JSON.parse(await inCore('get', 'cm', 'c', '-o', 'jsonpath={.data}'))).toEqual({ a: 'z', x: 'y' });
    await inCore('annotate', 'cm', 'c', 'a=b');
    expect(await inCore('describe', 'secret', 's')).toMatch(/Type: +Opaque/);
    expect(await kubectl.must('delete', 'namespace', 'core', '--timeout=10s')).toBe(
      'namespace "core" deleted\n',
    );
  });

  test('auth can-i, auth whoami, explain', async () => {
    expect(await kubectl.must('auth', 'can-i', 'create', 'pods')).toBe('yes\n');
    expect(await kubectl.must('auth', 'can-i', '--list')).toContain('[*]');
    await kubectl.must('create', 'serviceaccount', 'bot');
    const token = (await kubectl.must('create', 'token', 'bot')).trim();
    const { out } = await kubectl.run(['auth', 'whoami', '--token', token]);
    expect(out).toContain('system:serviceaccount:default:bot');
    expect(await kubectl.must('auth', 'whoami')).toContain('kubernetes-admin');
    expect(await kubectl.must('explain', 'widget.spec.parts')).toContain('FIELD: parts <[]Object>');
    expect(await kubectl.must('explain', 'cm.data')).toContain('FIELD: data <map[string]string>');
  });
});
