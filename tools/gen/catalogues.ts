import { structuralErrors } from '../../src/api/structural/errors.ts';
import { argocdErrors } from '../../src/argocd/errors.ts';
import type { ErrorEntry } from '../../src/base/index.ts';
import { yamlErrors } from '../../src/base/yaml/errors.ts';
import { cliErrors } from '../../src/cli/errors.ts';
import { projectErrors } from '../../src/controllers/project/errors.ts';
import { stageErrors } from '../../src/controllers/stage/errors.ts';
import { warehouseErrors } from '../../src/controllers/warehouse/errors.ts';
import { discoveryErrors } from '../../src/discovery/errors.ts';
import { apiServerErrors } from '../../src/embedded/apiserver/errors.ts';
import { gitServerErrors } from '../../src/embedded/git-server/errors.ts';
import { embeddedHttpErrors } from '../../src/embedded/http/errors.ts';
import { exprErrors } from '../../src/expr/errors.ts';
import { forgeErrors } from '../../src/forge/errors.ts';
import { gitErrors } from '../../src/git/errors.ts';
import { workdirErrors } from '../../src/git/workdir/errors.ts';
import { helmErrors } from '../../src/helm/errors.ts';
import { httpErrors } from '../../src/http/errors.ts';
import { kubeErrors } from '../../src/kube/errors.ts';
import { mainErrors } from '../../src/main/errors.ts';
import { ociErrors } from '../../src/oci/errors.ts';
import { programsErrors } from '../../src/programs/errors.ts';
import { credentialsErrors } from '../../src/secrets/errors.ts';
import { githubAppErrors } from '../../src/secrets/github-app/errors.ts';
import { stepErrors } from '../../src/steps/errors.ts';
import { webhookErrors } from '../../src/webhooks/errors.ts';
import { gitWireErrors } from '../../src/wire/git/errors.ts';

/** One module's error codes, and where they are declared. */
export interface Catalogue {
  /** The `errors.ts` that declares the codes; a test compares this list with the files on disk. */
  readonly file: string;
  readonly entries: Readonly<Record<string, ErrorEntry>>;
}

/** All error codes of the program, by file. A new `errors.ts` gets a line here. */
export const catalogues: readonly Catalogue[] = [
  { file: 'src/api/structural/errors.ts', entries: structuralErrors.entries },
  { file: 'src/argocd/errors.ts', entries: argocdErrors.entries },
  { file: 'src/base/yaml/errors.ts', entries: yamlErrors.entries },
  { file: 'src/cli/errors.ts', entries: cliErrors.entries },
  { file: 'src/controllers/stage/errors.ts', entries: stageErrors.entries },
  { file: 'src/embedded/apiserver/errors.ts', entries: apiServerErrors.entries },
  { file: 'src/embedded/git-server/errors.ts', entries: gitServerErrors.entries },
  { file: 'src/embedded/http/errors.ts', entries: embeddedHttpErrors.entries },
  { file: 'src/expr/errors.ts', entries: exprErrors.entries },
  { file: 'src/git/errors.ts', entries: gitErrors.entries },
  { file: 'src/git/workdir/errors.ts', entries: workdirErrors.entries },
  { file: 'src/helm/errors.ts', entries: helmErrors.entries },
  { file: 'src/http/errors.ts', entries: httpErrors.entries },
  { file: 'src/kube/errors.ts', entries: kubeErrors.entries },
  { file: 'src/oci/errors.ts', entries: ociErrors.entries },
  { file: 'src/programs/errors.ts', entries: programsErrors.entries },
  { file: 'src/secrets/errors.ts', entries: credentialsErrors.entries },
  { file: 'src/secrets/github-app/errors.ts', entries: githubAppErrors.entries },
  { file: 'src/steps/errors.ts', entries: stepErrors.entries },
  { file: 'src/controllers/project/errors.ts', entries: projectErrors.entries },
  { file: 'src/controllers/warehouse/errors.ts', entries: warehouseErrors.entries },
  { file: 'src/discovery/errors.ts', entries: discoveryErrors.entries },
  { file: 'src/forge/errors.ts', entries: forgeErrors.entries },
  { file: 'src/main/errors.ts', entries: mainErrors.entries },
  { file: 'src/webhooks/errors.ts', entries: webhookErrors.entries },
  { file: 'src/wire/git/errors.ts', entries: gitWireErrors.entries },
];
