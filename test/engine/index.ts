export { logLines, readBinary, storeBinary } from './container';
export type { CredentialStore } from './credentials';
export { type EngineRun, type EngineSetup, loadOptions, type RunOptions, runWorkflow } from './run';
export { type ListeningTrigger, listen } from './webhook';
