import type { Reply } from '../core/reply.ts';

/** An answer that says no in Bitbucket Cloud's shape. */
export function refuse(status: number, message: string): Reply {
  return { status, body: { type: 'error', error: { message } } };
}

/** What Bitbucket says of everything that it does not have. */
export const notFound: Reply = refuse(404, 'Resource not found');
