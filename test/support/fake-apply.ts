import { equalJson, isJsonObject, type JsonObject, type JsonValue } from '../../src/base/index.ts';

/** What an apply does to an object, or the fields that others have. */
export type FakeApplied =
  | { readonly ok: true; readonly object: JsonObject }
  | { readonly ok: false; readonly fields: readonly string[] };

/** Who owns which field of the objects of a fake cluster: lists are owned as one, as without a schema. */
export interface FakeOwnership {
  /** A write that is no apply: what it changes is its own. */
  note(uid: string, old: JsonObject | undefined, next: JsonObject): void;
  apply(uid: string, live: JsonObject, given: FakeApply): FakeApplied;
}

/** One apply. */
export interface FakeApply {
  readonly configuration: JsonObject;
  readonly manager: string;
  readonly force: boolean;
}

type Path = readonly string[];
type Fields = Map<string, JsonValue>;

const updaters = '\u0000updates';
const unowned = ['apiVersion', 'kind', 'status'];
const ownedMetadata = ['labels', 'annotations', 'finalizers', 'ownerReferences'];

/** Nobody owns anything yet. */
export function createFakeOwnership(): FakeOwnership {
  const owners = new Map<string, Map<string, Set<string>>>();
  const managersOf = (uid: string): Map<string, Set<string>> => {
    const known = owners.get(uid) ?? new Map<string, Set<string>>();
    owners.set(uid, known);
    return known;
  };
  const take = (uid: string, manager: string, paths: Iterable<string>): void => {
    const managers = managersOf(uid);
    const own = managers.get(manager) ?? new Set();
    for (const path of paths) {
      for (const fields of managers.values()) fields.delete(path);
      own.add(path);
    }
    managers.set(manager, own);
  };
  return {
    note(uid, old, next) {
      const before = old === undefined ? new Map<string, JsonValue>() : fieldsOf(old);
      const changed = [...fieldsOf(next)].filter(([path, value]) => !isSame(before.get(path), value));
      take(
        uid,
        updaters,
        changed.map(([path]) => path),
      );
    },
    apply(uid, live, { configuration, manager, force }) {
      const managers = managersOf(uid);
      const wanted = fieldsOf(configuration);
      const held = fieldsOf(live);
      const others = [...managers].filter(([name]) => name !== manager).map(([, fields]) => fields);
      const clashing = [...wanted]
        .filter(
          ([path, value]) => !isSame(held.get(path), value) && others.some((fields) => fields.has(path)),
        )
        .map(([path]) => path);
      if (clashing.length > 0 && !force) return { ok: false, fields: clashing.map(showPath) };
      const given = [...(managers.get(manager) ?? [])].filter((path) => !wanted.has(path));
      const gone = given.filter((path) => !others.some((fields) => fields.has(path)));
      let object = live;
      for (const path of gone) object = withField(object, parsePath(path), undefined);
      for (const [path, value] of wanted) object = withField(object, parsePath(path), value);
      for (const fields of others) for (const path of clashing) fields.delete(path);
      managers.set(manager, new Set(wanted.keys()));
      return { ok: true, object };
    },
  };
}

/** An empty object says that there is one, and nothing of its members. */
const isEmpty = (value: JsonValue | undefined): boolean =>
  isJsonObject(value) && Object.keys(value).length === 0;
const isSame = (a: JsonValue | undefined, b: JsonValue): boolean => a !== undefined && equalJson(a, b);
const parsePath = (path: string): Path => JSON.parse(path) as Path;
const showPath = (path: string): string => `.${parsePath(path).join('.')}`;

/** The leaves of what can be owned. */
function fieldsOf(object: JsonObject): Fields {
  const fields: Fields = new Map();
  const visit = (value: JsonValue | undefined, path: Path): void => {
    if (isJsonObject(value) && Object.keys(value).length > 0) {
      for (const [name, member] of Object.entries(value)) visit(member, [...path, name]);
    } else if (value !== undefined) fields.set(JSON.stringify(path), value);
  };
  for (const [name, member] of Object.entries(object)) {
    if (unowned.includes(name)) continue;
    if (name !== 'metadata') visit(member, [name]);
    else if (isJsonObject(member)) {
      for (const own of ownedMetadata) visit(member[own], [name, own]);
    }
  }
  return fields;
}

function withField(object: JsonObject, [name = '', ...rest]: Path, value: JsonValue | undefined): JsonObject {
  const { [name]: old, ...others } = object;
  if (rest.length === 0) {
    const isThere = isEmpty(value) && isJsonObject(old);
    return value === undefined ? others : { ...object, [name]: isThere ? old : value };
  }
  const inner = isJsonObject(old) ? old : {};
  if (value === undefined && !isJsonObject(old)) return object;
  return { ...object, [name]: withField(inner, rest, value) };
}
