/**
 * What all embedded servers share: listening on this machine only, who may speak to them, reading bodies with limits.
 * Start reading at `listen.ts`.
 */
export { type Account, findAccount, maySee, readBasicOrBearer } from './accounts.ts';
export { readBody, readJsonBody, sendJson, sendText } from './body.ts';
export { embeddedHttpErrors } from './errors.ts';
export { type Listening, type ListenOptions, listen, type RequestHandler, routeByHost } from './listen.ts';
