import { describe, expect, test } from 'vitest';
import { applyMergePatch, type JsonObject } from '../../base/index.ts';
import {
  approveForStage,
  enterStage,
  type FreightLife,
  forgetStage,
  leaveStage,
  longestSoakMs,
  soakEndsAtMs,
  verifyInStage,
} from './lifecycle.ts';

const nine = '2026-03-01T09:00:00Z';
const ten = '2026-03-01T10:00:00Z';
const noonMs = Date.parse('2026-03-01T12:00:00Z');

type Mutation = (
  freight: { readonly status: FreightLife },
  stage: string,
  now: string,
) => JsonObject | undefined;

describe('mutations are merge patches, and none when there is nothing to do', () => {
  const stayed = { currentlyIn: { dev: { since: nine } }, verifiedIn: { dev: { verifiedAt: nine } } };
  const cases: readonly {
    readonly name: string;
    readonly mutation: Mutation;
    readonly given: FreightLife;
    readonly want: JsonObject | undefined;
  }[] = [
    { name: 'enter', mutation: enterStage, given: {}, want: { currentlyIn: { dev: { since: ten } } } },
    { name: 'enter again', mutation: enterStage, given: stayed, want: undefined },
    {
      name: 'leave after verification keeps the stay',
      mutation: leaveStage,
      given: stayed,
      want: { currentlyIn: { dev: null }, verifiedIn: { dev: { longestSoak: '1h0m0s' } } },
    },
    {
      name: 'leave before verification loses the stay',
      mutation: leaveStage,
      given: { currentlyIn: { dev: { since: nine } } },
      want: { currentlyIn: { dev: null } },
    },
    {
      name: 'leave after a shorter stay keeps the longer one',
      mutation: leaveStage,
      given: { ...stayed, verifiedIn: { dev: { longestSoak: '2h0m0s' } } },
      want: { currentlyIn: { dev: null } },
    },
    { name: 'leave without being there', mutation: leaveStage, given: {}, want: undefined },
    {
      name: 'verify',
      mutation: verifyInStage,
      given: {},
      want: { verifiedIn: { dev: { verifiedAt: ten } } },
    },
    { name: 'verify again', mutation: verifyInStage, given: stayed, want: undefined },
    {
      name: 'approve',
      mutation: approveForStage,
      given: {},
      want: { approvedFor: { dev: { approvedAt: ten } } },
    },
    {
      name: 'approve again',
      mutation: approveForStage,
      given: { approvedFor: { dev: {} } },
      want: undefined,
    },
    {
      name: 'forget',
      mutation: forgetStage,
      given: stayed,
      want: { currentlyIn: { dev: null }, verifiedIn: { dev: null } },
    },
  ];
  test.each(cases)('$name', ({ mutation, given, want }) => {
    const patch = mutation({ status: given }, 'dev', ten);
    expect(patch).toEqual(want);
    if (patch === undefined) return;
    const status = applyMergePatch(JSON.parse(JSON.stringify(given)), patch) as FreightLife;
    const again = mutation({ status }, 'dev', ten);
    expect(again).toBeUndefined();
  });
});

describe('soak', () => {
  const freight = (status: FreightLife) => ({ status });
  test.each([
    { name: 'not verified', given: { currentlyIn: { dev: { since: nine } } }, want: 0 },
    {
      name: 'still there',
      given: { currentlyIn: { dev: { since: nine } }, verifiedIn: { dev: {} } },
      want: 180,
    },
    { name: 'was there longer before', given: { verifiedIn: { dev: { longestSoak: '4h' } } }, want: 240 },
  ])('$name: $want minutes', ({ given, want }) => {
    expect(longestSoakMs(freight(given), 'dev', noonMs)).toBe(want * 60_000);
  });

  test('ends at an exact instant, when waiting alone brings it', () => {
    const there = freight({ currentlyIn: { dev: { since: nine } }, verifiedIn: { dev: {} } });
    const fourHours = { requiredMs: 4 * 3_600_000, nowMs: noonMs };
    expect(soakEndsAtMs(there, 'dev', fourHours)).toBe(Date.parse('2026-03-01T13:00:00Z'));
    expect(soakEndsAtMs(there, 'dev', { ...fourHours, requiredMs: 1 })).toBeUndefined();
    expect(soakEndsAtMs(freight({ verifiedIn: { dev: {} } }), 'dev', fourHours)).toBeUndefined();
  });
});
