export { parseSandboxInfo, type SandboxInfo } from './sandbox-info.ts';
