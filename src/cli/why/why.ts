import {
  freights,
  type Promotion,
  promotions,
  type Stage,
  stages,
  warehouses,
} from '../../api/v1alpha1/index.ts';
import { type Explanation, explainPromotion, explainStage } from '../../domain/index.ts';
import type { CommandDeps } from '../deps.ts';
import { cliErrors } from '../errors.ts';
import { resolveNamespace } from '../namespace.ts';
import { writeHint } from '../render/hint.ts';
import { renderExplanation } from './render.ts';

/** What to explain: a Stage or a Promotion by name; the beginning of a Promotion's name is enough when it is unique. */
export interface WhyRequest {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** Says what a Stage or Promotion waits for and what to do. Errors: cli.not-found. */
export async function why(request: WhyRequest, deps: CommandDeps): Promise<void> {
  const { cluster, signal, output, notes } = deps;
  const namespace = await resolveNamespace(cluster, request.namespace, signal);
  const [allStages, allPromotions, allFreight, allWarehouses] = await Promise.all([
    cluster.reader.listLive(stages, { namespace }, signal),
    cluster.reader.listLive(promotions, { namespace }, signal),
    cluster.reader.listLive(freights, { namespace }, signal),
    cluster.reader.listLive(warehouses, { namespace }, signal),
  ]);
  const subject = findSubject(request.name, allStages, allPromotions, namespace);
  const common = { freight: allFreight, nowMs: deps.clock.nowMs() };
  const explanation: Explanation =
    subject.kind === 'stage'
      ? explainStage({
          ...common,
          stage: subject.stage,
          promotions: allPromotions,
          warehouses: allWarehouses.map(({ metadata }) => metadata.name),
        })
      : explainPromotion({
          ...common,
          promotion: subject.promotion,
          stage: allStages.find(({ metadata }) => metadata.name === subject.promotion.spec.stage),
        });
  output.write(renderExplanation(explanation, output.isTerminal));
  writeHint(notes, `kubectl describe ${explanation.kind.toLowerCase()} ${explanation.name} -n ${namespace}`);
}

type Subject =
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'promotion'; readonly promotion: Promotion };

function findSubject(
  name: string,
  allStages: readonly Stage[],
  allPromotions: readonly Promotion[],
  namespace: string,
): Subject {
  const stage = allStages.find(({ metadata }) => metadata.name === name);
  if (stage !== undefined) return { kind: 'stage', stage };
  const exact = allPromotions.find(({ metadata }) => metadata.name === name);
  const likely = allPromotions.filter(({ metadata }) => metadata.name.startsWith(name));
  const promotion = exact ?? (likely.length === 1 ? likely[0] : undefined);
  if (promotion !== undefined) return { kind: 'promotion', promotion };
  if (likely.length > 1) {
    const names = likely.map(({ metadata }) => metadata.name).join(', ');
    throw cliErrors.create('cli.usage', `"${name}" is the beginning of several Promotions: ${names}`, {
      hint: 'Write more of the name',
    });
  }
  const known = allStages.map(({ metadata }) => metadata.name).join(', ');
  throw cliErrors.create('cli.not-found', `no Stage or Promotion "${name}" in namespace "${namespace}"`, {
    hint:
      known === ''
        ? 'There is no Stage in this namespace; choose another one by -n'
        : `Stages here: ${known}`,
  });
}
