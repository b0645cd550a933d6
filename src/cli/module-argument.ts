import { parseArgs } from 'node:util';

import { AppError } from '../domain/error.ts';

const MODULES = ['qualification', 'routing', 'contact_roles', 'opportunity_criteria', 'sla', 'recycle'] as const;

/** The one module that `pause`, `resume` and `discard` are about. @throws AppError `usage` */
export function readModule(args: readonly string[]): string {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const [name, ...rest] = positionals;
  if (name !== undefined && rest.length === 0 && MODULES.some((module) => module === name)) return name;
  throw new AppError({
    code: 'usage',
    recovery: 'fix-config',
    message: `"${positionals.join(' ')}" is not a module`,
    mend: `name one of ${MODULES.join(', ')}`,
  });
}
