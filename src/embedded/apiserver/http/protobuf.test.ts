import { expect, test } from 'vitest';
import { decodeProtobuf } from './protobuf.ts';

const field = (number: number, content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
};
const all = (...parts: Buffer[]): Buffer => Buffer.concat(parts);
const envelope = (apiVersion: string, kind: string, raw: Buffer): Buffer =>
  all(Buffer.from('k8s\0'), field(1, all(field(1, apiVersion), field(2, kind))), field(2, raw));

const bodies = [
  {
    name: 'a Secret',
    body: envelope(
      'v1',
      'Secret',
      all(
        field(
          1,
          all(field(1, 'n'), field(3, 'ns'), field(11, all(field(1, 'l'), field(2, 'v'))), field(14, 'f')),
        ),
        field(2, all(field(1, 'a'), field(2, Buffer.from([0, 255])))),
        field(3, 'Opaque'),
        Buffer.from([5 * 8, 1]),
      ),
    ),
    want: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'n', namespace: 'ns', labels: { l: 'v' }, finalizers: ['f'] },
      data: { a: 'AP8=' },
      type: 'Opaque',
      immutable: true,
    },
    because: 'data is bytes, shown in base64',
  },
  {
    name: 'an unknown field',
    body: envelope('v1', 'ConfigMap', all(field(1, field(1, 'n')), field(9, 'x'), Buffer.from([80, 1]))),
    want: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'n' } },
    because: 'newer clients send more',
  },
  {
    name: 'an unknown kind',
    body: envelope('apps/v1', 'Deployment', Buffer.alloc(0)),
    want: undefined,
    because: 'the caller refuses it',
  },
];
test.each(bodies)('decodes $name', ({ body, want, because }) => {
  expect(decodeProtobuf(body), because).toEqual(want);
});

const whole = envelope('v1', 'Secret', field(1, field(1, 'name')));
test('refuses a body cut off anywhere, and never reads past its end', () => {
  for (let length = 5; length < whole.length; length += 1) {
    const outcome = (): unknown => decodeProtobuf(whole.subarray(0, length));
    try {
      outcome();
    } catch (error) {
      expect(error).toMatchObject({ httpCode: 400 });
    }
  }
  expect(() => decodeProtobuf(Buffer.from('{}'))).toThrow('expected prefix');
});
