import type { Reply } from '../core/reply.ts';

/** An answer that says no in GitLab's shape. */
export function refuse(status: number, message: string | readonly string[]): Reply {
  return { status, body: { message } };
}

/** What GitLab says of everything that it does not have. */
export const notFound: Reply = refuse(404, '404 Not Found');
