/**
 * The HTTP(S) server that webhooks, receivers and the API mount their routes on.
 * It must never know what is served: routes come in as data. Start reading at `server.ts`.
 */
export {
  createHttpServer,
  type HttpAnswer,
  type HttpRequest,
  type HttpRoute,
  type HttpServer,
  type HttpServerOptions,
  type TlsIdentity,
} from './server.ts';
