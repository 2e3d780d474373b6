import * as z from 'zod';
import type { JsonObject } from '../base/index.ts';
import { isJsonObject } from '../base/index.ts';
import type { StepOutcome } from '../domain/index.ts';
import type {
  ConfigProblem,
  PortName,
  StepContext,
  StepDefinition,
  StepEffect,
  StepPorts,
} from '../ports/index.ts';

/** What a step folder says about its kind. */
export interface StepSpec<Schema extends z.ZodType, Need extends PortName> {
  /** The public name, equal to the folder's. */
  readonly name: string;
  readonly config: Schema;
  /** Shape of the output, for reference pages; `undefined` when there is none. */
  readonly output?: z.ZodType;
  readonly needs: readonly Need[];
  readonly effect: StepEffect;
  /**
   * False when an attempt cannot tell whether an earlier one has acted; default true. Such a step claims right before
   * it acts, and what it returns is the answer; without an answer it is not tried again (step.effect-unknown).
   */
  readonly findsOwnEffect?: boolean;
  /** Does this configuration say that acting twice does no harm? Default: no configuration does. */
  repeatable?(config: z.infer<Schema>): boolean;
  readonly defaultTimeoutMs?: number;
  readonly defaultErrorThreshold?: number;
  readonly propagatesTaskOutput?: boolean;
  run(context: StepContext<z.infer<Schema>, Need>): Promise<StepOutcome>;
}

/**
 * Turns a step folder's parts into the definition that the engine takes. `run` can touch only the ports it names.
 *
 * Guarantees: configuration is parsed before `run`; a problem names the field as Kargo does ("checkout.0.path").
 */
export function defineStep<Schema extends z.ZodType, const Need extends PortName>(
  spec: StepSpec<Schema, Need>,
): StepDefinition {
  return {
    name: spec.name,
    effect: spec.effect,
    findsOwnEffect: spec.findsOwnEffect ?? true,
    needs: spec.needs,
    defaultTimeoutMs: spec.defaultTimeoutMs,
    defaultErrorThreshold: spec.defaultErrorThreshold ?? 1,
    propagatesTaskOutput: spec.propagatesTaskOutput ?? false,
    prepare(raw) {
      const parsed = spec.config.safeParse(raw);
      if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap(toProblems) };
      const config = parsed.data;
      return {
        ok: true,
        isRepeatable: spec.repeatable?.(config) ?? false,
        run(context) {
          const { ports } = context;
          if (!hasPorts(ports, spec.needs))
            throw new Error(`step ${spec.name} lacks a port of ${spec.needs.join(', ')}`);
          return spec.run({ ...context, ports, config });
        },
      };
    },
    schemas: () => ({
      config: toSchema(spec.config),
      output: spec.output === undefined ? undefined : toSchema(spec.output),
    }),
  };
}

function hasPorts<Need extends PortName>(
  ports: Partial<StepPorts>,
  needs: readonly Need[],
): ports is Partial<StepPorts> & Pick<StepPorts, Need> {
  return needs.every((name) => ports[name] !== undefined);
}

function toProblems(issue: z.core.$ZodIssue): ConfigProblem[] {
  const field = issue.path.length === 0 ? '(root)' : issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ field, problem: issue.message }];
  return issue.keys.map((key) => ({ field, problem: `Additional property ${key} is not allowed` }));
}

function toSchema(schema: z.ZodType): JsonObject {
  const converted: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const plain: unknown = JSON.parse(JSON.stringify(converted));
  return isJsonObject(plain) ? plain : {};
}
