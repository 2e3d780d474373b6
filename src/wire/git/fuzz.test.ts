import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { encodeAdvertisement, readAdvertisement } from './advertisement.ts';
import { applyDelta } from './delta.ts';
import { gitWireErrors } from './errors.ts';
import { encodeFetchHead, readFetchResponse } from './fetch.ts';
import { encodeLsRefsResponse, readLsRefsResponse } from './ls-refs.ts';
import { hashObject, parseObjectId } from './object-id.ts';
import { readPack } from './pack-read.ts';
import { encodePack } from './pack-write.ts';
import { encodePacket, flushPacket, PacketReader } from './pkt-line.ts';
import { encodePushCommands, encodePushReport, readPushCommands, readPushReport } from './receive-pack.ts';
import { encodeSideBand, readSideBand } from './side-band.ts';
import { readV0FetchRequest, readV0FetchResponse } from './upload-pack-v0.ts';

const id = parseObjectId('0123456789abcdef0123456789abcdef01234567');
const refs = [
  { name: 'HEAD', id, symrefTarget: 'refs/heads/main' },
  { name: 'refs/heads/main', id },
  { name: 'refs/tags/v1', id, peeled: id },
];
const command = { ref: 'refs/heads/main', oldId: id, newId: id };
const objects = ['one\n', 'two\n', 'x'.repeat(2_000)].map((text) => ({
  type: 'blob' as const,
  data: Buffer.from(text),
}));
const pack = await encodePack(objects);
/** "one\n" as copy of the first two bytes and insertion of the rest. */
const delta = Buffer.from([4, 4, 0x90, 2, 2, 0x65, 0x0a]);
const limits = { maxPackBytes: 1_000_000, maxObjectBytes: 100_000, maxTotalBytes: 1_000_000 };

async function drain(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Each parser with an example of what it reads. */
const parsers: {
  readonly name: string;
  readonly sample: Buffer;
  readonly read: (bytes: Buffer) => Promise<unknown>;
}[] = [
  {
    name: 'packets',
    sample: Buffer.concat([encodePacket('a line\n'), flushPacket, encodePacket('another')]),
    read: async (bytes) => {
      const packets = new PacketReader(bytes);
      while ((await packets.read()) !== undefined);
    },
  },
  {
    name: 'an advertisement',
    sample: encodeAdvertisement('git-upload-pack', refs, ['symref=HEAD:refs/heads/main', 'ofs-delta']),
    read: (bytes) => readAdvertisement(new PacketReader(bytes)),
  },
  {
    name: 'listed references',
    sample: encodeLsRefsResponse(refs),
    read: (bytes) => readLsRefsResponse(new PacketReader(bytes)),
  },
  {
    name: 'the answer to a fetch',
    sample: Buffer.concat([
      encodeFetchHead({ shallow: [id], hasPack: true }),
      encodeSideBand(2, 'counting'),
      encodeSideBand(1, pack),
      flushPacket,
    ]),
    read: async (bytes) => {
      const answer = await readFetchResponse(new PacketReader(bytes));
      return answer.pack === undefined ? undefined : readPack(answer.pack, limits);
    },
  },
  {
    name: 'the answer to a fetch in version 0',
    sample: Buffer.concat([
      encodePacket(`shallow ${id}\n`),
      flushPacket,
      encodePacket(`ACK ${id} common\n`),
      encodePacket('NAK\n'),
      encodeSideBand(1, pack),
      flushPacket,
    ]),
    read: (bytes) => readPack(readV0FetchResponse(new PacketReader(bytes), { isDeepened: true }), limits),
  },
  {
    name: 'a fetch in version 0',
    sample: Buffer.concat([
      encodePacket(`want ${id} ofs-delta\n`),
      encodePacket('deepen 1\n'),
      flushPacket,
      encodePacket(`have ${id}\n`),
      encodePacket('done\n'),
    ]),
    read: (bytes) => readV0FetchRequest(new PacketReader(bytes)),
  },
  {
    name: 'the commands of a push',
    sample: encodePushCommands(
      [command, { ...command, ref: 'refs/tags/v1' }],
      ['atomic', 'push-options'],
      ['x'],
    ),
    read: (bytes) => readPushCommands(new PacketReader(bytes)),
  },
  {
    name: 'the report of a push',
    sample: Buffer.concat([
      encodeSideBand(2, 'a hook speaks'),
      encodeSideBand(
        1,
        encodePushReport({ unpackError: undefined, refs: [{ ref: command.ref, error: 'hook declined' }] }),
      ),
      flushPacket,
    ]),
    read: (bytes) => readPushReport(new PacketReader(readSideBand(new PacketReader(bytes)))),
  },
  {
    name: 'a side-band',
    sample: Buffer.concat([encodeSideBand(1, 'data'), flushPacket]),
    read: (bytes) => drain(readSideBand(new PacketReader(bytes))),
  },
  { name: 'a pack', sample: pack, read: (bytes) => readPack(bytes, limits) },
  {
    name: 'a pack whose checksum is right',
    sample: pack.subarray(0, -20),
    read: (bytes) => readPack(Buffer.concat([bytes, createHash('sha1').update(bytes).digest()]), limits),
  },
  { name: 'a delta', sample: delta, read: async (bytes) => applyDelta(Buffer.from('on\nx'), bytes, 100_000) },
];

/** Reads to an end, or to an error of this module; nothing else, and never without end. */
async function expectTotal(read: (bytes: Buffer) => Promise<unknown>, bytes: Buffer): Promise<void> {
  const outcome = await read(bytes).then(
    () => 'read',
    (error: unknown) => (gitWireErrors.is(error) ? 'refused' : error),
  );
  expect(['read', 'refused']).toContain(outcome);
}

test.each(parsers)('$name: any bytes are read or refused', async ({ read }) => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('NAK', 'ERR no', `want ${id}`, `ok ${command.ref}`, 'unpack ok', 'packfile'),
  );
  const packets = fc.array(
    fc.oneof(
      line.map((text) => encodePacket(text)),
      fc.constant(flushPacket),
    ),
  );
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    packets.map((parts) => Buffer.concat(parts)),
  );
  await fc.assert(
    fc.asyncProperty(anything, (bytes) => expectTotal(read, bytes)),
    { numRuns: 150 },
  );
});

test.each(parsers)(
  '$name: cut anywhere or changed anywhere, it is read or refused',
  async ({ sample, read }) => {
    await read(sample);
    for (let at = 0; at < sample.length; at += sample.length > 600 ? 7 : 1) {
      await expectTotal(read, sample.subarray(0, at));
    }
    const change = fc.record({
      at: fc.nat(sample.length - 1),
      // Most changes leave what looks like text or a length.
      to: fc.oneof(fc.nat(255), fc.constantFrom(0x30, 0x66, 0x20, 0x0a, 0x00)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(sample);
        for (const { at, to } of changes) bytes[at] = to;
        return expectTotal(read, bytes);
      }),
      { numRuns: 200 },
    );
  },
);

test('a pack that was changed never gives other objects than it had', async () => {
  const known = new Set<string>(objects.map(({ type, data }) => hashObject(type, data)));
  await fc.assert(
    fc.asyncProperty(fc.nat(pack.length - 1), fc.nat(255), async (at, to) => {
      const bytes = Buffer.from(pack);
      bytes[at] = to;
      const read = await readPack(bytes, limits).catch(() => []);
      for (const object of read) expect(known).toContain(object.id);
    }),
    { numRuns: 200 },
  );
});
