import type { z } from 'zod';

import { AppError } from '../domain/error.ts';

/** Environment variables as the process has them, `.env` already merged in. A blank one counts as not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** One mistake in the environment. Never holds the value of a secret. */
export type EnvironmentProblem = { readonly message: string; readonly mend: string };

/** A part of the environment, or all that is wrong with it. */
export type EnvironmentReading<Value> =
  | { readonly isValid: true; readonly value: Value }
  | { readonly isValid: false; readonly problems: readonly EnvironmentProblem[] };

/** Reads the variables of a schema; each issue is a problem with its own words. */
export function read<Set extends z.ZodObject, Value>(
  schema: Set,
  env: Variables,
  build: (set: z.output<Set>) => Value,
): EnvironmentReading<Value> {
  const names = Object.keys(schema.shape);
  const result = schema.safeParse(Object.fromEntries(names.map((name) => [name, variable(env, name)?.trim()])));
  if (result.success) return { isValid: true, value: build(result.data) };
  return {
    isValid: false,
    problems: result.error.issues.map((issue) => ({
      message: issue.message,
      mend: String((issue.code === 'custom' ? issue.params?.['mend'] : undefined) ?? `correct ${issue.path.join('.')}`),
    })),
  };
}

/** @throws AppError `env-invalid` (fix-config) with all the problems in one */
export function valueOf<Value>(reading: EnvironmentReading<Value>): Value {
  if (!reading.isValid) throw environmentError(reading.problems);
  return reading.value;
}

/** `env-invalid` (fix-config): the problems in one message, their mends in one instruction. */
export function environmentError(problems: readonly EnvironmentProblem[]): AppError {
  return new AppError({
    code: 'env-invalid',
    recovery: 'fix-config',
    message: problems.map(({ message }) => message).join('; '),
    mend: problems.map(({ mend }) => mend).join('; '),
  });
}

/** The variable's text, or undefined when it is not set or blank, as unused entries of an `.env` are. */
export function variable(env: Variables, name: string): string | undefined {
  const text = env[name];
  return text === undefined || text.trim() === '' ? undefined : text;
}
