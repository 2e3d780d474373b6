import type { Reply } from '../core/reply.ts';

/** An answer that says no in Gitea's shape. */
export function refuse(status: number, message: string): Reply {
  return { status, body: { message, url: 'https://gitea.com/api/swagger' } };
}

/** What Gitea says of everything that it does not have. */
export const notFound: Reply = refuse(404, "The target couldn't be found.");
