/** Where Freight comes from: always a Warehouse today. */
export interface Origin {
  readonly kind: string;
  readonly name: string;
}

/** An origin as one text, "Warehouse/main". The text is a persisted key of status maps and annotations. */
export function formatOrigin(origin: Origin): string {
  return `${origin.kind}/${origin.name}`;
}

/** The origin that a text such as "Warehouse/main" names; `undefined` when it names none. */
export function parseOrigin(text: string): { readonly kind: 'Warehouse'; readonly name: string } | undefined {
  const [kind, name, ...rest] = text.split('/');
  if (kind !== 'Warehouse' || name === undefined || name === '' || rest.length > 0) return undefined;
  return { kind, name };
}

/** Are these the same origin? */
export function isSameOrigin(a: Origin | undefined, b: Origin | undefined): boolean {
  return a !== undefined && b !== undefined && a.kind === b.kind && a.name === b.name;
}
