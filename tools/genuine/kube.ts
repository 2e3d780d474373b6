import type { GenuineProgram } from './build.ts';

/** The version that is built; `kube/go.mod` has to name the same. */
export const kubeVersion = '1.34.1';

/** The folder of the programs below the tool cache. */
export const kubeFolder = `genuine-kube-${kubeVersion}`;

const [major, minor] = kubeVersion.split('.');
const versionFlags = Object.entries({ gitVersion: `v${kubeVersion}`, gitMajor: major, gitMinor: minor }).map(
  ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
);

interface Source {
  readonly name: string;
  readonly importPath: string;
  /** The folder of the module that requires it. */
  readonly module: string;
  readonly linkerFlags: string;
}

function toProgram({ name, importPath, module, linkerFlags }: Source): GenuineProgram {
  const env = { CGO_ENABLED: '0' };
  return {
    name,
    target: `${kubeFolder}/${name}`,
    async build(place, go) {
      await go(['list', '-deps', '-f', '', importPath], module, env);
      await go(['build', '-trimpath', '-ldflags', linkerFlags, '-o', place, importPath], module, env);
    },
  };
}

const kube = (name: string): Source => ({
  name,
  importPath: `k8s.io/kubernetes/cmd/${name}`,
  module: 'tools/genuine/kube',
  linkerFlags: ['-s -w', ...versionFlags].join(' '),
});

/** A genuine Kubernetes API server, the store behind it, and the controllers for namespaces and garbage. */
export const kubePrograms: readonly GenuineProgram[] = [
  toProgram({
    name: 'etcd',
    importPath: 'go.etcd.io/etcd/server/v3',
    module: 'tools/genuine/etcd',
    linkerFlags: '-s -w',
  }),
  toProgram(kube('kube-apiserver')),
  toProgram(kube('kube-controller-manager')),
];
