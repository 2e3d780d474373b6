/** The API group of Kargo's kinds. */
export const kargoGroup = 'kargo.akuity.io';
/** The only version of that group. */
export const kargoVersion = 'v1alpha1';
/** Group and version as they stand in `apiVersion`. */
export const kargoApiVersion = 'kargo.akuity.io/v1alpha1';
