import type { Operator } from '../operator.ts';
import { between } from './between.ts';
import { blank } from './blank.ts';
import { contains } from './contains.ts';
import { endsWith } from './ends-with.ts';
import { gt } from './gt.ts';
import { gte } from './gte.ts';
import { inList } from './in-list.ts';
import { isIn } from './in.ts';
import { includesAll } from './includes-all.ts';
import { includesAny } from './includes-any.ts';
import { is } from './is.ts';
import { lt } from './lt.ts';
import { lte } from './lte.ts';
import { matches } from './matches.ts';
import { newerThan } from './newer-than.ts';
import { notContains } from './not-contains.ts';
import { notInList } from './not-in-list.ts';
import { notIn } from './not-in.ts';
import { not } from './not.ts';
import { olderThan } from './older-than.ts';
import { startsWith } from './starts-with.ts';

/** Every operator of F8 by its name in the YAML. */
export const operators: Readonly<Record<string, Operator>> = {
  is,
  not,
  in: isIn,
  not_in: notIn,
  contains,
  not_contains: notContains,
  starts_with: startsWith,
  ends_with: endsWith,
  matches,
  gt,
  gte,
  lt,
  lte,
  between,
  blank,
  in_list: inList,
  not_in_list: notInList,
  older_than: olderThan,
  newer_than: newerThan,
  includes_any: includesAny,
  includes_all: includesAll,
};
