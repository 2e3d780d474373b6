/**
 * Images that belong together: the rule that a Warehouse's annotations state, and the choice that follows from what was
 * found. Pure.
 */
export { chooseGroup, type GroupChoice, isGroupMember, isNamed, type Laggard } from './choose.ts';
export {
  type GroupKey,
  type GroupRule,
  type GroupRuleResult,
  groupAnnotations,
  parseGroupRule,
  revisionLabel,
} from './rule.ts';
