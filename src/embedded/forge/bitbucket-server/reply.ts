import type { JsonObject } from '../../../base/index.ts';
import type { Reply } from '../core/reply.ts';

/** An answer that says no in Bitbucket Data Center's shape. */
export function refuse(status: number, message: string, exception: string, more: JsonObject = {}): Reply {
  const exceptionName = `com.atlassian.bitbucket.${exception}`;
  return { status, body: { errors: [{ context: null, message, exceptionName, ...more }] } };
}
