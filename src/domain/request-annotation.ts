/**
 * A wish that an annotation carries: verify again, abort a verification, abort a Promotion.
 *
 * `value` is the id of the verification, or the action.
 */
export interface AnnotatedRequest {
  readonly value: string;
  readonly actor: string | undefined;
  /** Did a control-plane component make the request, on behalf of `actor`? */
  readonly isFromControlPlane: boolean;
}

/** The member of the JSON form that holds the value. */
export type RequestMember = 'id' | 'action';

/**
 * The wish in an annotation's text: JSON as Kargo writes it, or just the value; `undefined` when there is none.
 *
 * Source: Kargo's reading: valid JSON that is no such object (a bare number, say) is ignored.
 */
export function parseAnnotatedRequest(
  text: string | undefined,
  member: RequestMember,
): AnnotatedRequest | undefined {
  if (text === undefined || text === '') return undefined;
  const json = parseJson(text);
  if (json === undefined) return { value: text, actor: undefined, isFromControlPlane: false };
  if (typeof json.value !== 'object' || json.value === null || Array.isArray(json.value)) return undefined;
  const record: Readonly<Record<string, unknown>> = { ...json.value };
  const value = record[member];
  const actor = record['actor'];
  if (typeof value !== 'string' || value === '') return undefined;
  return {
    value,
    actor: typeof actor === 'string' && actor !== '' ? actor : undefined,
    isFromControlPlane: record['controlPlane'] === true,
  };
}

/** The JSON form of a wish; empty members are left out. */
export function formatAnnotatedRequest(request: AnnotatedRequest, member: RequestMember): string {
  return JSON.stringify({
    [member]: request.value,
    ...(request.actor === undefined ? {} : { actor: request.actor }),
    ...(request.isFromControlPlane ? { controlPlane: true } : {}),
  });
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
