/**
 * A Kubernetes API server in process: the real protocol over HTTP, objects in memory (or behind another `Store`).
 * It must never be reached but over HTTP, and knows nothing of the kinds of the product. Start reading at `server.ts`,
 * then follow a request through `http/route.ts`, `http/resources.ts` and the folders `read`, `write`, `admission`.
 */

export { generateTokenKey, type TokenUser } from './auth/index.ts';
export {
  backupDataFolder,
  type DataFolder,
  openDataFolder,
  restoreDataFolder,
} from './disk/data-folder.ts';
export { apiServerErrors } from './errors.ts';
export { createMemoryStore } from './memory-store.ts';
export type { User } from './resource.ts';
export { type ApiServer, type ApiServerDeps, type ApiServerOptions, createApiServer } from './server.ts';
export type { Store, StoreEvent, StoreKey, StoreList } from './storage.ts';
