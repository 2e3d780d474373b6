/** A Stage that may touch an Application. */
export interface AuthorizedStage {
  readonly project: string;
  readonly stage: string;
}

/** The annotation with which an Application names the Stages that may change it. */
export const authorizedStageAnnotation = 'kargo.akuity.io/authorized-stage';

/**
 * The Stages that an annotation such as "demo:test,demo:uat" names; `undefined` when any part of it is malformed.
 *
 * Globs are malformed on purpose: an application that many Stages may touch must name each.
 */
export function parseAuthorizedStages(text: string): readonly AuthorizedStage[] | undefined {
  const stages: AuthorizedStage[] = [];
  for (const item of text.split(',')) {
    if (item.trim() === '') continue;
    if (item.includes('*')) return undefined;
    const colon = item.indexOf(':');
    if (colon < 0) return undefined;
    const project = item.slice(0, colon).trim();
    const stage = item.slice(colon + 1).trim();
    if (project === '' || stage === '') return undefined;
    stages.push({ project, stage });
  }
  return stages.length === 0 ? undefined : stages;
}
