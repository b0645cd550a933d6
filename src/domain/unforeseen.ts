import { AppError } from './error.ts';

/**
 * An error that nobody foresaw, as one that may be told: its kind and where it arose. Its own words may quote a record.
 * An AppError is one that somebody did foresee, and stays as it is.
 */
export function unforeseen(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const kind = error instanceof Error ? error.name : typeof error;
  const place = error instanceof Error ? /\bsrc\/[\w./-]+:\d+:\d+/.exec(framesOf(error))?.[0] : undefined;
  return new AppError({
    code: 'internal',
    recovery: 'stop',
    message: `an unforeseen ${kind}${place === undefined ? '' : ` at ${place}`}`,
    mend: 'report this line',
    cause: error,
  });
}

/** The stack without the message that it begins with. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
