/** What Warehouses say and are told about credentials. Pure. Start reading at `sources.ts`. */
export { credentialsCondition, describeCredentials, type UsedCredential } from './condition.ts';
export { type CredentialSources, credentialsAnnotation, readCredentialSources } from './sources.ts';
