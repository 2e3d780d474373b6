/** What is used of Amazon's SDK; loaded when it is needed, and by these names alone, so that a bundle keeps them. */
export { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
export { fromHttp, fromTemporaryCredentials, fromTokenFile } from '@aws-sdk/credential-providers';
