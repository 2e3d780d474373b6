import { expect, test } from 'vitest';
import { applyStrategicPatch } from './strategic.ts';

const schema = {
  properties: {
    conditions: { 'x-kubernetes-patch-strategy': 'merge', 'x-kubernetes-patch-merge-key': 'type' },
  },
};

const rows = [
  {
    name: 'maps are merged',
    target: { data: { a: '1', b: '2' } },
    patch: { data: { a: null, c: '3' } },
    want: { data: { b: '2', c: '3' } },
    because: 'null removes a member',
  },
  {
    name: 'a map is replaced on demand',
    target: { data: { a: '1' } },
    patch: { data: { $patch: 'replace', c: '3' } },
    want: { data: { c: '3' } },
    because: 'the directive says so',
  },
  {
    name: 'lists with a merge key are merged',
    target: { conditions: [{ type: 'A', status: 'x', more: 1 }, { type: 'B' }] },
    patch: { conditions: [{ type: 'A', status: 'y' }, { type: 'C' }] },
    want: { conditions: [{ type: 'A', status: 'y', more: 1 }, { type: 'C' }, { type: 'B' }] },
    because: 'items are told apart by their key',
  },
  {
    name: 'an item is deleted',
    target: { conditions: [{ type: 'A' }, { type: 'B' }] },
    patch: { conditions: [{ type: 'A', $patch: 'delete' }] },
    want: { conditions: [{ type: 'B' }] },
    because: 'the directive names it by its key',
  },
  {
    name: 'deleting an item that is not there',
    target: { conditions: [{ type: 'B' }] },
    patch: { conditions: [{ type: 'A', $patch: 'delete' }] },
    want: { conditions: [{ type: 'B' }] },
    because: 'nothing to do',
  },
  {
    name: 'other lists are replaced',
    target: { rules: [{ verbs: ['get'] }] },
    patch: { rules: [{ verbs: ['list'] }] },
    want: { rules: [{ verbs: ['list'] }] },
    because: 'nothing tells their items apart',
  },
  {
    name: 'finalizers are a set',
    target: { metadata: { finalizers: ['a', 'b'] } },
    patch: { metadata: { finalizers: ['b', 'c'], '$deleteFromPrimitiveList/finalizers': ['a'] } },
    want: { metadata: { finalizers: ['b', 'c'] } },
    because: 'kubectl edit removes from it so',
  },
  {
    name: 'the order directive reorders what it names',
    target: { conditions: [{ type: 'A' }, { type: 'B' }, { type: 'C' }] },
    patch: {
      '$setElementOrder/conditions': [{ type: 'C' }, { type: 'N' }, { type: 'A' }],
      conditions: [{ type: 'N' }],
    },
    want: { conditions: [{ type: 'B' }, { type: 'C' }, { type: 'N' }, { type: 'A' }] },
    because: 'what it does not name stays before what it stood before',
  },
  {
    name: 'the order directive changes no content',
    target: { conditions: [{ type: 'A' }] },
    patch: { '$setElementOrder/conditions': [{ type: 'A' }], conditions: [{ type: 'A', status: 'x' }] },
    want: { conditions: [{ type: 'A', status: 'x' }] },
    because: 'kubectl apply sends it along',
  },
  {
    name: 'members beyond those retained go',
    target: { spec: { a: 1, b: 2 } },
    patch: { spec: { $retainKeys: ['b'], b: 3 } },
    want: { spec: { b: 3 } },
    because: 'the directive lists what stays',
  },
];
test.each(rows)('$name', ({ target, patch, want, because }) => {
  expect(applyStrategicPatch(target, patch, schema), because).toEqual(want);
});
