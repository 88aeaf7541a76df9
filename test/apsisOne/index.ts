export { ApsisOne, type ApsisOneOptions, type RecordedCall, startApsisOne } from './server';
export type { Fault } from './faults';
export type { ImportRecord } from './imports';
export type { StoredProfile } from './profiles';
export { ROUTES } from './routes';
export * from './seed';
export * from './answerShapes';
