import { expect, test } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { AppError } from '../../base/index.ts';
import { encodeAdvertisement, encodeV2Advertisement, readAdvertisement } from './advertisement.ts';
import { formatCapabilities, hasFeature, parseCapabilities, toCapabilities } from './capabilities.ts';
import { encodeFetchHead, encodeFetchRequest, parseFetchArgs, readFetchResponse } from './fetch.ts';
import {
  encodeLsRefsRequest,
  encodeLsRefsResponse,
  parseLsRefsArgs,
  readLsRefsResponse,
  readV2Command,
} from './ls-refs.ts';
import { hashObject, zeroId } from './object-id.ts';
import { encodePacket, flushPacket, PacketReader } from './pkt-line.ts';
import { encodePushCommands, encodePushReport, readPushCommands, readPushReport } from './receive-pack.ts';
import { encodeSideBand, readSideBand } from './side-band.ts';
import { encodeV0FetchRequest, readV0FetchRequest } from './upload-pack-v0.ts';

const [a, b, c] = ['a', 'b', 'c'].map((text) => hashObject('blob', Buffer.from(text))) as [
  typeof zeroId,
  typeof zeroId,
  typeof zeroId,
];

/** The bytes in pieces of a few bytes, as a network may deliver them. */
async function* inPieces(bytes: Uint8Array, size = 3): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const reader = (bytes: Uint8Array): PacketReader => new PacketReader(inPieces(bytes));

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

test('packets come out as they went in, whatever the pieces', async () => {
  const packets = reader(Buffer.from('0006a\n0000000100020004rest'));
  expect(await packets.readLine()).toEqual({ kind: 'line', text: 'a' });
  expect([await packets.read(), await packets.read(), await packets.read()]).toEqual([
    { kind: 'flush' },
    { kind: 'delimiter' },
    { kind: 'response-end' },
  ]);
  expect(await packets.readLine()).toEqual({ kind: 'line', text: '' });
  expect(await collect(packets.rest())).toBe('rest');
  expect(await packets.read()).toBeUndefined();
});

const badPackets = ['000', '0003', 'zzzz', '0009abc', '<html>'];
test.each(badPackets)('%j is malformed', async (text) => {
  await expect(reader(Buffer.from(text)).read()).rejects.toMatchObject({ code: 'git-wire.malformed' });
});

test('side-bands carry data of any size, progress and errors', async () => {
  const data = 'x'.repeat(200_000);
  const bytes = Buffer.concat([encodeSideBand(2, 'Counting\n'), encodeSideBand(1, data), flushPacket]);
  const progress: string[] = [];
  expect(await collect(readSideBand(new PacketReader(bytes), (text) => progress.push(text)))).toBe(data);
  expect(progress).toEqual(['Counting\n']);
  const failing = Buffer.concat([encodeSideBand(1, 'half'), encodeSideBand(3, 'disk full\n')]);
  await expect(collect(readSideBand(reader(failing)))).rejects.toMatchObject({
    code: 'git-wire.remote-error',
    message: 'the server says "disk full"',
  });
  await expect(collect(readSideBand(reader(encodeSideBand(1, 'half'))))).rejects.toMatchObject({
    code: 'git-wire.malformed',
  });
});

test('capabilities of both versions', () => {
  const text = 'multi_ack symref=HEAD:refs/heads/main symref=a:b agent=git/2';
  expect(formatCapabilities(parseCapabilities(text)).join(' ')).toBe(text);
  const v2 = toCapabilities(['ls-refs=unborn', 'fetch=shallow filter']);
  expect(hasFeature(v2, 'fetch', 'filter')).toBe(true);
  expect(hasFeature(v2, 'fetch', 'filt')).toBe(false);
});

const refs = [
  { name: 'HEAD', id: a, symrefTarget: 'refs/heads/main' },
  { name: 'refs/heads/main', id: a },
  { name: 'refs/tags/v1', id: b, peeled: c },
];

test('an advertisement of version 0', async () => {
  const capabilities = ['side-band-64k', 'symref=HEAD:refs/heads/main'];
  const bytes = encodeAdvertisement('git-upload-pack', refs, capabilities);
  const read = await readAdvertisement(reader(bytes));
  expect(read).toMatchObject({ version: 0, refs });
  expect(formatCapabilities(read.capabilities)).toEqual(capabilities);
});

test('an advertisement without references', async () => {
  const read = await readAdvertisement(reader(encodeAdvertisement('git-receive-pack', [], ['atomic'])));
  expect(read.refs).toEqual([]);
  expect(read.capabilities.has('atomic')).toBe(true);
});

test('an advertisement of version 2', async () => {
  const bytes = encodeV2Advertisement('git-upload-pack', ['ls-refs', 'fetch=filter']);
  expect(await readAdvertisement(reader(bytes))).toMatchObject({ version: 2, refs: [] });
});

const badAdvertisements = [
  { bytes: encodePacket('ERR no such repository'), want: 'git-wire.remote-error' },
  { bytes: encodeV2Advertisement('git-upload-pack', ['object-format=sha256']), want: 'git-wire.unsupported' },
  { bytes: Buffer.from('<!DOCTYPE html>'), want: 'git-wire.malformed' },
  { bytes: encodePacket(`${a} refs/heads/main`), want: 'git-wire.malformed' },
];
test.each(badAdvertisements)('an advertisement that is $want', async ({ bytes, want }) => {
  const sent = want === 'git-wire.remote-error' ? Buffer.concat([bytes, flushPacket]) : bytes;
  await expect(readAdvertisement(reader(sent))).rejects.toMatchObject({ code: want });
});

test('ls-refs, question and answer', async () => {
  const request = { prefixes: ['refs/heads/', 'HEAD'], peel: true, symrefs: true };
  const command = await readV2Command(reader(encodeLsRefsRequest(request, ['agent=x'])));
  expect(command).toMatchObject({ command: 'ls-refs', capabilities: ['agent=x'] });
  expect(parseLsRefsArgs(command?.args ?? [])).toEqual(request);
  expect(await readLsRefsResponse(reader(encodeLsRefsResponse(refs)))).toEqual(refs);
});

test('a flush ends the conversation', async () => {
  expect(await readV2Command(reader(flushPacket))).toBeUndefined();
});

const fetchRequest = {
  wants: [a, b],
  haves: [c],
  shallow: [c],
  depth: 1,
  deepenRelative: false,
  filter: 'tree:0',
  done: true,
  thinPack: true,
  offsetDelta: true,
  includeTag: false,
  noProgress: true,
};

test('a fetch in version 2', async () => {
  const command = await readV2Command(reader(encodeFetchRequest(fetchRequest, [])));
  expect(command?.command).toBe('fetch');
  expect(parseFetchArgs(command?.args ?? [])).toEqual(fetchRequest);
});

test('a fetch in version 0', async () => {
  const capabilities = parseCapabilities('thin-pack ofs-delta no-progress');
  const bytes = encodeV0FetchRequest({ ...fetchRequest, capabilities });
  expect(await readV0FetchRequest(reader(bytes))).toEqual({
    ...fetchRequest,
    capabilities,
    isShallowQuery: false,
  });
  const query = { ...fetchRequest, capabilities, haves: [], done: false, isShallowQuery: true };
  expect(await readV0FetchRequest(reader(encodeV0FetchRequest(query)))).toEqual(query);
});

const fetchHeads = [
  { name: 'a pack alone', head: { hasPack: true }, want: {} },
  {
    name: 'acknowledgments alone',
    head: { hasPack: false, acks: { ids: [a], isReady: false } },
    want: { acks: [a], isReady: false },
  },
  {
    name: 'everything',
    head: { hasPack: true, acks: { ids: [a, b], isReady: true }, shallow: [b], unshallow: [c] },
    want: { acks: [a, b], isReady: true, shallow: [b], unshallow: [c] },
  },
];
test.each(fetchHeads)('the answer to a fetch: $name', async ({ head, want }) => {
  const body = head.hasPack ? encodeSideBand(1, 'PACK') : Buffer.alloc(0);
  const bytes = Buffer.concat([encodeFetchHead(head), body, flushPacket]);
  const read = await readFetchResponse(reader(bytes));
  const { pack, ...rest } = read;
  expect(rest).toEqual({ acks: [], isReady: false, shallow: [], unshallow: [], ...want });
  expect(pack && (await collect(pack))).toBe(head.hasPack ? 'PACK' : undefined);
});

test('a push and its report', async () => {
  const commands = [
    { ref: 'refs/heads/main', oldId: a, newId: b },
    { ref: 'refs/heads/gone', oldId: c, newId: zeroId },
  ];
  const capabilities = ['report-status', 'push-options'];
  const bytes = Buffer.concat([
    encodePushCommands(commands, capabilities, ['ci.skip']),
    Buffer.from('PACK…'),
  ]);
  const packets = reader(bytes);
  const read = await readPushCommands(packets);
  expect(read).toMatchObject({ commands, pushOptions: ['ci.skip'] });
  expect([...read.capabilities.keys()]).toEqual(capabilities);
  expect(await collect(packets.rest())).toBe('PACK…');
  const report = {
    unpackError: undefined,
    refs: [
      { ref: 'refs/heads/main', error: undefined },
      { ref: 'refs/heads/gone', error: 'protected branch hook declined' },
    ],
  };
  expect(await readPushReport(reader(encodePushReport(report)))).toEqual(report);
  const failed = { unpackError: 'index-pack abnormal exit', refs: [] };
  expect(await readPushReport(reader(encodePushReport(failed)))).toEqual(failed);
});

const readers: Record<string, (packets: PacketReader) => Promise<unknown>> = {
  advertisement: readAdvertisement,
  command: readV2Command,
  'ls-refs': readLsRefsResponse,
  fetch: async (packets) => {
    const { pack } = await readFetchResponse(packets);
    return pack && collect(pack);
  },
  'fetch arguments': async (packets) => parseFetchArgs((await packets.readLines()).lines),
  'version 0 fetch': readV0FetchRequest,
  push: readPushCommands,
  report: readPushReport,
};
const words = fc.constantFrom(
  'version 2',
  'command=fetch',
  'packfile',
  'shallow-info',
  'acknowledgments',
  `ACK ${a}`,
  `want ${a}`,
  'want',
  'deepen x',
  `${a} refs/heads/main`,
  `${a} ${b} refs/x\0 report-status`,
  'unpack ok',
  'ng',
  'ok refs/x',
  'ERR no',
  '\u0001x',
  '\u0003x',
);
const stream = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: words.map((text) => encodePacket(text)) },
      fc.constantFrom('0000', '0001', '0002', '0005').map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));
test.each(Object.keys(readers))('%s: any bytes give a value or a coded error', async (name) => {
  await fc.assert(
    fc.asyncProperty(stream, async (bytes) => {
      await readers[name]?.(reader(bytes)).catch((error) => expect(error).toBeInstanceOf(AppError));
    }),
    { numRuns: 200 },
  );
});
