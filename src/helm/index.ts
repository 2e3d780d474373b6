/**
 * Chart repositories over HTTP: their index, revalidated and read in part.
 * It must never choose among versions. Start reading at `charts.ts`, then `index-file.ts`.
 */
export { type ChartsDeps, type ChartsOptions, createHttpCharts } from './charts.ts';
export { helmErrors } from './errors.ts';
export { readChartIndex } from './index-file.ts';
