/** A source of credentials that somebody has written down, parsed. */
export type SourceRef =
  | { readonly kind: 'pullsecret'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'secret'; readonly namespace: string; readonly name: string; readonly field: string }
  | { readonly kind: 'serviceaccount'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'env'; readonly variable: string }
  | { readonly kind: 'ext'; readonly path: string };

/** A parsed source, or what is wrong with the text. */
export type SourceRefResult =
  | { readonly ok: true; readonly ref: SourceRef }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads `[<registry>=]<type>:<definition>`.
 *
 * Source: Argo CD Image Updater's grammar: cut at the first "=" unless a side is empty, the registry is ignored, then at
 * every ":"; the type in any case; nothing is trimmed. "serviceaccount" is an addition.
 */
export function parseSourceRef(text: string): SourceRefResult {
  const parts = withoutRegistry(text).split(':');
  const [type = '', definition = ''] = parts;
  if (parts.length !== 2 || type === '' || definition === '') {
    return refuse('expected "<type>:<definition>" with exactly one colon');
  }
  switch (type.toLowerCase()) {
    case 'pullsecret':
    case 'serviceaccount': {
      const kind = type.toLowerCase() === 'pullsecret' ? 'pullsecret' : 'serviceaccount';
      const object = parseObject(definition);
      return object === undefined
        ? refuse(`expected "${kind}:<namespace>/<name>"`)
        : { ok: true, ref: { kind, ...object } };
    }
    case 'secret': {
      const [left = '', field = '', ...rest] = definition.split('#');
      const object = parseObject(left);
      return object === undefined || field === '' || rest.length > 0
        ? refuse('expected "secret:<namespace>/<name>#<field>"')
        : { ok: true, ref: { kind: 'secret', ...object, field } };
    }
    case 'env':
      return { ok: true, ref: { kind: 'env', variable: definition } };
    case 'ext':
      return { ok: true, ref: { kind: 'ext', path: definition } };
    default:
      return refuse('the type is none of pullsecret, secret, serviceaccount, env and ext');
  }
}

/** The one spelling of a source: what identities and messages show. */
export function formatSourceRef(ref: SourceRef): string {
  switch (ref.kind) {
    case 'pullsecret':
    case 'serviceaccount':
      return `${ref.kind}:${ref.namespace}/${ref.name}`;
    case 'secret':
      return `secret:${ref.namespace}/${ref.name}#${ref.field}`;
    case 'env':
      return `env:${ref.variable}`;
    case 'ext':
      return `ext:${ref.path}`;
  }
}

function withoutRegistry(text: string): string {
  const cut = text.indexOf('=');
  return cut <= 0 || cut === text.length - 1 ? text : text.slice(cut + 1);
}

function parseObject(text: string): { readonly namespace: string; readonly name: string } | undefined {
  const [namespace = '', name = '', ...rest] = text.split('/');
  return namespace === '' || name === '' || rest.length > 0 ? undefined : { namespace, name };
}

function refuse(problem: string): SourceRefResult {
  return { ok: false, problem };
}
