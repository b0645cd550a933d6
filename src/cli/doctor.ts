import { parseArgs } from 'node:util';

import { inspectRedis } from '../adapters/inspect-redis.ts';
import { connectForCommands } from '../adapters/redis.ts';
import { examineOrg, type Examination } from '../app/examine-org.ts';
import { openSalesforce } from '../app/open-salesforce.ts';
import { readLocalEnvironment, readRedisEnvironment, readSalesforceEnvironment } from '../config/env.ts';
import type { Finding } from '../config/judge-rights.ts';
import { loadConfig, type Loaded } from '../config/load.ts';
import { printProblem } from '../config/problem.ts';
import { AppError } from '../domain/error.ts';
import { EXIT, type Command, type CommandWorld } from './command.ts';

const HELP = `rolecall doctor [--json]

Connects to the org and to Redis and tells what keeps rolecall from its work, and how to mend it: sign-in, fields,
picklists, stages, users and queues that the configuration names; each right that the integration user lacks and each
that it does not need; contacts it may not see; other automation that may write what we write; API calls that are left.
Writes nothing.

Exits with 0 when nothing is missing, 2 for the files or the environment, 4 for the org.`;

export const DOCTOR: Command = {
  name: 'doctor',
  summary: 'look for what is missing in the org, and for rights that are not needed',
  help: HELP,
  async run(args, world) {
    const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
    const { terminal, env } = world;
    const { configFolder } = readLocalEnvironment(env, { isTerminal: terminal.isInteractive });
    const loaded = loadConfig(configFolder);
    if (loaded.config === null) {
      for (const problem of loaded.problems) terminal.err(printProblem(problem));
      return EXIT.invalidConfig;
    }
    const { redis, examination } = await examine(loaded, world);
    const findings = [...redis, ...examination.findings];
    if (values.json) terminal.out(JSON.stringify({ ...examination, findings }));
    else for (const line of print({ ...examination, findings })) terminal.out(line);
    return findings.some(({ kind }) => kind === 'missing') ? EXIT.liveFailed : EXIT.ok;
  },
};

async function examine(
  loaded: Loaded,
  { env, signal }: CommandWorld,
): Promise<{ readonly redis: readonly Finding[]; readonly examination: Examination }> {
  const redisSettings = readRedisEnvironment(env);
  const redis = connectForCommands(redisSettings);
  const salesforce = openSalesforce(readSalesforceEnvironment(env), redis, redisSettings.prefix).inLane('reports');
  try {
    const found = await inspectRedis(redis).then(
      (warnings) => warnings.map(({ reason, mend }): Finding => ({ kind: 'warning', message: reason, mend })),
      (error: unknown): readonly Finding[] => {
        if (!(error instanceof AppError)) throw error;
        return [{ kind: 'missing', message: error.message, mend: error.mend }];
      },
    );
    await salesforce.connect(signal);
    return { redis: found, examination: await examineOrg(loaded.config!, loaded, salesforce, signal) };
  } finally {
    await salesforce.close();
    redis.disconnect();
  }
}

const TITLES: Readonly<Record<Finding['kind'], string>> = {
  missing: 'Missing',
  needless: 'Not needed',
  warning: 'Warnings',
  note: 'To know',
};

function print({ userId, usage, findings }: Examination): readonly string[] {
  const calls = usage === null ? 'API calls not told' : `${usage.used} of ${usage.limit} API calls used`;
  const sections = (Object.keys(TITLES) as Finding['kind'][]).flatMap((kind) => {
    const own = findings.filter((finding) => finding.kind === kind);
    return own.length === 0 ? [] : ['', `${TITLES[kind]}:`, ...own.flatMap(printFinding)];
  });
  const isWell = !findings.some(({ kind }) => kind === 'missing');
  return [
    `signed in as ${userId}, ${calls}`,
    ...sections,
    '',
    isWell ? 'Nothing is missing.' : 'Not well: mend what is missing.',
  ];
}

function printFinding({ message, mend }: Finding): readonly string[] {
  return [`  ${message}`, ...(mend === null ? [] : [`    → ${mend}`])];
}
