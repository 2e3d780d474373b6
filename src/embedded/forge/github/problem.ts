import type { JsonObject } from '../../../base/index.ts';
import type { Reply } from '../core/reply.ts';

/** One entry of the list that explains a refused request. */
export interface FieldProblem extends JsonObject {
  readonly resource: string;
  readonly code: string;
  readonly field?: string;
  readonly message?: string;
}

/** An answer that says no in GitHub's shape. */
export function problem(status: number, message: string, errors?: readonly FieldProblem[]): Reply {
  const body = { message, documentation_url: 'https://docs.github.com/rest', status: String(status) };
  return { status, body: errors === undefined ? body : { ...body, errors } };
}

/** The answer to a request whose fields do not hold. */
export function invalid(...errors: readonly Omit<FieldProblem, 'resource'>[]): Reply {
  return problem(
    422,
    'Validation Failed',
    errors.map((error) => ({ resource: 'PullRequest', ...error }) as FieldProblem),
  );
}
