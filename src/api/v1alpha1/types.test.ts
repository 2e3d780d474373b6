import { expect, expectTypeOf, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { Condition } from '../meta/index.ts';
import type { Freight, FreightReference, Promotion, PromotionStep, Stage, Warehouse } from './index.ts';

test('makes every type read-only, free-form members JSON, and known words unions', () => {
  expectTypeOf<NonNullable<FreightReference['images']>>().toExtend<readonly unknown[]>();
  expectTypeOf<NonNullable<FreightReference['images']>>().not.toExtend<unknown[]>();
  expectTypeOf<PromotionStep['config']>().toEqualTypeOf<JsonObject | undefined>();
  expectTypeOf<NonNullable<Stage['status']>['conditions']>().toEqualTypeOf<
    readonly Condition[] | undefined
  >();
  expectTypeOf<NonNullable<Promotion['status']>['phase']>().toEqualTypeOf<
    'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Errored' | 'Aborted' | undefined
  >();
  expectTypeOf<Warehouse['spec']['subscriptions'][number]>().toExtend<JsonObject>();
  expectTypeOf<NonNullable<NonNullable<Freight['status']>['metadata']>>().toEqualTypeOf<
    Readonly<Record<string, JsonValue>>
  >();
  expect(true).toBe(true);
});
