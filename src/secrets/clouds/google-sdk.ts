/** What is used of Google's library; loaded when it is needed, and by these names alone, so that a bundle keeps them. */
export { Compute, GoogleAuth, Impersonated, JWT } from 'google-auth-library';
