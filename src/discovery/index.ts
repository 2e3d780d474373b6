/**
 * Looks for new artifacts at registries, so that equal looks of all Warehouses are one.
 * It must never decide what Freight is made. Start reading at `images.ts`.
 */
export { discoveryErrors } from './errors.ts';
export { createFlights, type Flights } from './flights.ts';
export { createImageDiscovery, type ImageDiscovery, type ImageFindings, type ImageLook } from './images.ts';
