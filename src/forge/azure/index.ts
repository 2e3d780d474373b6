/** Pull requests at Azure DevOps, its servers included, over REST API 7.1. Start reading at `azure.ts`. */
export { readAzureAddress } from './address.ts';
export { createAzure } from './azure.ts';
