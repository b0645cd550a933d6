import { type ObjectSchema, SandboxError } from '../types.ts';
import type { QueryContext } from './field-path.ts';
import { errorAt } from './query-errors.ts';

/** The object of a FROM clause. @throws INVALID_TYPE with a caret */
export function objectFrom(context: QueryContext, name: string): ObjectSchema {
  const object = context.objectNamed(name);
  if (object === undefined) {
    throw errorAt(
      context.text,
      'FROM',
      name,
      'INVALID_TYPE',
      `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the ` +
        "'__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.",
    );
  }
  if (!object.queryable) {
    throw new SandboxError('INVALID_TYPE_FOR_OPERATION', `entity type ${object.name} does not support query`);
  }
  return object;
}
