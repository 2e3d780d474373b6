/** Is work going on as it should? If not, a sentence says what stands still. */
export type Health = { readonly healthy: true } | { readonly healthy: false; readonly sentence: string };
