/**
 * Who owns which field of an object, and server-side apply, which goes by it. Pure but for the Status errors it throws;
 * it knows shapes and sets of fields, no kinds. Start reading at `ownership.ts`.
 */
export { fieldSetOf, noFields } from './field-set.ts';
export { applyConfiguration, type FieldWrite, trackUpdate } from './ownership.ts';
export { objectShape } from './shape.ts';
