import type { Reply } from '../core/reply.ts';

/** An answer that says no in Azure DevOps' shape. */
export function refuse(status: number, message: string, typeKey: string): Reply {
  return { status, body: { $id: '1', innerException: null, message, typeKey, errorCode: 0, eventId: 3000 } };
}

/** The page to which Azure DevOps sends everybody whose credential it does not know. */
export const signIn: Reply = { status: 302, headers: { location: 'https://login.microsoftonline.com/' } };
