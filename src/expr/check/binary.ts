import type { BinaryOperator } from '../ast/node.ts';
import {
  anyType,
  boolType,
  durationType,
  floatType,
  intType,
  isComparable,
  isListLike,
  isNumeric,
  itemOf,
  listOf,
  stringType,
  type Type,
  timeType,
} from './type.ts';

/** Type of a binary operation; `undefined` when no values of these types can have one. */
export function checkBinary(operator: BinaryOperator, left: Type, right: Type): Type | undefined {
  switch (operator) {
    case '==':
    case '!=':
      return isComparable(left, right) ? boolType : undefined;
    case '||':
    case '&&':
      return both(left, right, 'bool') ? boolType : undefined;
    case '<':
    case '>':
    case '<=':
    case '>=':
      return isOrdered(left, right) ? boolType : undefined;
    case '-':
    case '+':
    case '*':
      return arithmeticType(operator, left, right);
    case '/':
    case '**':
      return bothNumbers(left, right) ? floatType : undefined;
    case '%':
      if (!both(left, right, 'int')) return undefined;
      return left.kind === 'int' && right.kind === 'int' ? intType : anyType;
    case 'in':
      return isMembership(left, right) ? boolType : undefined;
    case 'matches':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return both(left, right, 'string') ? boolType : undefined;
    case '..':
      return both(left, right, 'int') ? listOf(intType) : undefined;
    case '??':
      if (left.kind === 'nil') return right;
      return right.kind === 'nil' || left.kind === right.kind ? left : anyType;
  }
}

/** Are both of this kind, as far as is known? */
function both(left: Type, right: Type, kind: Type['kind']): boolean {
  return [left, right].every((type) => type.kind === 'any' || type.kind === kind);
}

function bothNumbers(left: Type, right: Type): boolean {
  return [left, right].every((type) => type.kind === 'any' || isNumeric(type));
}

function isOrdered(left: Type, right: Type): boolean {
  return (
    bothNumbers(left, right) ||
    both(left, right, 'string') ||
    both(left, right, 'time') ||
    both(left, right, 'duration')
  );
}

function arithmeticType(operator: '+' | '-' | '*', left: Type, right: Type): Type | undefined {
  if (left.kind === 'any' || right.kind === 'any') {
    const known = left.kind === 'any' ? right : left;
    const fits =
      known.kind === 'any' ||
      isNumeric(known) ||
      known.kind === 'duration' ||
      (operator !== '*' && known.kind === 'time') ||
      (operator === '+' && known.kind === 'string');
    return fits ? anyType : undefined;
  }
  if (isNumeric(left) && isNumeric(right)) return left.kind === right.kind ? left : floatType;
  const kinds = `${left.kind} ${operator} ${right.kind}`;
  if (operator === '*') {
    const scales =
      (left.kind === 'duration' && isNumeric(right)) || (right.kind === 'duration' && isNumeric(left));
    return scales ? durationType : undefined;
  }
  switch (kinds) {
    case 'string + string':
      return stringType;
    case 'time + duration':
    case 'duration + time':
    case 'time - duration':
      return timeType;
    case 'duration + duration':
    case 'duration - duration':
    case 'time - time':
      return durationType;
    default:
      return undefined;
  }
}

function isMembership(left: Type, right: Type): boolean {
  if (right.kind === 'any') return true;
  if (right.kind === 'map')
    return left.kind === 'nil' || left.kind === 'any' || right.key === 'any' || left.kind === 'string';
  if (isListLike(right)) return left.kind === 'nil' || isComparable(left, itemOf(right));
  return left.kind === 'any' && right.kind === 'string';
}
