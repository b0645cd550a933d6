import { z } from 'zod';

import { keyPrefix, readRedisAddress, type RedisAddress } from '../domain/redis-address.ts';
import type { EnvironmentReading, Variables } from './env-reading.ts';
import { environmentError, read, valueOf } from './env-reading.ts';
import type { SalesforceEnvironment } from './env-salesforce.ts';
import { readSalesforceVariables } from './env-salesforce.ts';

/** What commands need that touch neither the org nor Redis. */
export type LocalEnvironment = {
  readonly configFolder: string;
  readonly dataFolder: string;
  readonly logLevel: string;
  readonly logFormat: 'json' | 'pretty';
};

export type RedisEnvironment = {
  /** With the password, if any: never print it. */
  readonly url: string;
  readonly prefix: string;
  readonly secrets: readonly string[];
};

export type HttpEnvironment = {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
};

/** Everything the daemon takes from its environment. */
export type Environment = LocalEnvironment & {
  readonly salesforce: SalesforceEnvironment;
  readonly redis: RedisEnvironment;
  readonly http: HttpEnvironment;
  /** Every secret value of the environment, for the log to scrub. */
  readonly secrets: readonly string[];
};

export type ReadOptions = { readonly isTerminal: boolean };

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const FORMATS = ['json', 'pretty'] as const;

/** @throws AppError `env-invalid` (fix-config) that names every variable that is wrong or missing */
export function readEnvironment(env: Variables, options: ReadOptions): Environment {
  const local = readLocalVariables(env, options);
  const salesforce = readSalesforceVariables(env);
  const redis = readRedisVariables(env);
  const http = readHttpVariables(env);
  const problems = [local, salesforce, redis, http].flatMap((part) => (part.isValid ? [] : part.problems));
  if (!local.isValid || !salesforce.isValid || !redis.isValid || !http.isValid) throw environmentError(problems);
  return {
    ...local.value,
    salesforce: salesforce.value,
    redis: redis.value,
    http: http.value,
    secrets: [...salesforce.value.secrets, ...redis.value.secrets],
  };
}

/** For `check` and `test`: looks at no variable of Salesforce or Redis. @throws AppError `env-invalid` */
export function readLocalEnvironment(env: Variables, options: ReadOptions): LocalEnvironment {
  return valueOf(readLocalVariables(env, options));
}

/** @throws AppError `env-invalid` */
export function readSalesforceEnvironment(env: Variables): SalesforceEnvironment {
  return valueOf(readSalesforceVariables(env));
}

/** @throws AppError `env-invalid` */
export function readRedisEnvironment(env: Variables): RedisEnvironment {
  return valueOf(readRedisVariables(env));
}

/** @throws AppError `env-invalid` */
export function readHttpEnvironment(env: Variables): HttpEnvironment {
  return valueOf(readHttpVariables(env));
}

function readLocalVariables(env: Variables, { isTerminal }: ReadOptions): EnvironmentReading<LocalEnvironment> {
  const schema = z.object({
    CONFIG_DIR: z.string().default('config'),
    DATA_DIR: z.string().default('data'),
    LOG_LEVEL: oneOf('LOG_LEVEL', LEVELS).default('info'),
    LOG_FORMAT: oneOf('LOG_FORMAT', FORMATS).default(isTerminal ? 'pretty' : 'json'),
  });
  return read(schema, env, (set) => ({
    configFolder: set.CONFIG_DIR,
    dataFolder: set.DATA_DIR,
    logLevel: set.LOG_LEVEL,
    logFormat: set.LOG_FORMAT,
  }));
}

function readRedisVariables(env: Variables): EnvironmentReading<RedisEnvironment> {
  // The URL may hold a password, so the message does not repeat it.
  const schema = z.object({
    REDIS_URL: z
      .string()
      .refine((url) => readRedisAddress(url) !== null, {
        error: 'REDIS_URL is not the address of a Redis',
        params: { mend: REDIS_URL_MEND },
      })
      .default('redis://127.0.0.1:6379'),
    REDIS_PREFIX: z
      .string()
      .regex(/^[\w.:{}-]+$/, {
        error: ({ input }) => `REDIS_PREFIX is "${String(input)}"; write letters, digits and any of _ . : - { }`,
      })
      .default('rolecall'),
  });
  return read(schema, env, ({ REDIS_URL: url, REDIS_PREFIX: prefix }) => {
    const address = readRedisAddress(url);
    return {
      url,
      prefix: address === null ? prefix : keyPrefix(address, prefix),
      secrets: address === null ? [] : passwordsOf(address),
    };
  });
}

const REDIS_URL_MEND =
  'write redis://HOST:6379 or rediss://:PASSWORD@HOST:6379/DATABASE, redis-sentinel://HOST:26379,HOST:26379/MASTER, ' +
  'or redis-cluster://HOST:6379,HOST:6379';

/** As they are, and as they stand in the URL. */
function passwordsOf({ password, sentinelPassword }: RedisAddress): readonly string[] {
  const passwords = [password, sentinelPassword].filter((text) => text !== null && text !== '');
  return [...new Set(passwords.flatMap((text) => [text!, encodeURIComponent(text!)]))];
}

function readHttpVariables(env: Variables): EnvironmentReading<HttpEnvironment> {
  const schema = z.object({
    HTTP_HOST: z.string().default('127.0.0.1'),
    HTTP_PORT: z
      .string()
      .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, {
        error: ({ input }) => `HTTP_PORT is "${String(input)}", not a port from 0 to 65535`,
      })
      .default('9464'),
  });
  return read(schema, env, (set) => ({ host: set.HTTP_HOST, port: Number(set.HTTP_PORT) }));
}

function oneOf<const Values extends readonly string[]>(
  name: string,
  values: Values,
): z.ZodEnum<{ [Value in Values[number]]: Value }> {
  return z.enum(values, { error: ({ input }) => `${name} is "${String(input)}"; write ${values.join(', ')}` });
}
