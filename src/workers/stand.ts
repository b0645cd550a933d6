import type { Fields } from '../domain/record.ts';

/**
 * Names a record as people left it last. What we write ourselves makes no other record of it, nor does a task about it.
 * @param isWritten  whether we have written it since these fields were read
 * @param ownUserId  the integration user
 */
export function standOf({ LastModifiedById: by, LastModifiedDate: at }: Fields, isWritten: boolean, ownUserId: string) {
  return isWritten || by === ownUserId ? 'ours' : String(at);
}
