/** Everything a suite needs to run the packed package in real n8n. */
export * from './chromium';
export * from './debian';
export * from './folders';
export * from './install';
export * from './n8n';
export * from './n8nRest';
export * from './pack';
export * from './processes';
export * from './push';
export * from './queue';
export * from './services';
export * from './sqlite';
export * from './waitFor';
export * from './workflows';
