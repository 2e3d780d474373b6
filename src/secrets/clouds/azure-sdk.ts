/** What is used of Azure's library; loaded when it is needed, and by these names alone, so that a bundle keeps them. */
export { WorkloadIdentityCredential } from '@azure/identity';
