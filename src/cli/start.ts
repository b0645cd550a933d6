import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import type { DaemonSettings } from '../app/daemon-settings.ts';
import { runDaemon, type DaemonSignals } from '../app/run-daemon.ts';
import { readEnvironment } from '../config/env.ts';
import { AppError } from '../domain/error.ts';
import { createLog } from '../observe/log.ts';
import { EXIT, type Command, type CommandWorld } from './command.ts';

const HELP = `rolecall start [options]

Runs the daemon: polls the org, decides, and writes back, until SIGTERM or Ctrl-C.
The YAML is read again when it changes, and at SIGHUP. One with errors is refused and the old one runs on; a start that
finds one takes the last that was good, from DATA_DIR.

  --only poller|workers  run only this part; several processes share one Redis
  --once                 stop when nothing is new, every queue is empty and every due timer has fired
  --dry-run              decide and log would_write, write nothing
  --allow-offline        do not check the configuration against the org first

The environment says where the org, Redis and the YAML are; see .env.example.
Exit codes: 0 stopped in order, 1 wrong usage, 2 invalid configuration, 4 the org refuses or does not fit,
70 an unforeseen failure.`;

export const START: Command = {
  name: 'start',
  summary: 'run the daemon',
  help: HELP,
  async run(args, world) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        once: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        'allow-offline': { type: 'boolean', default: false },
      },
    });
    const environment = readEnvironment(world.env, { isTerminal: world.terminal.isInteractive });
    const log = createLog({
      level: environment.logLevel,
      format: environment.logFormat,
      secrets: environment.secrets,
    });
    await runDaemon(
      {
        environment,
        variables: world.env,
        version: readVersion(),
        only: readOnly(values.only),
        once: values.once,
        dryRun: values['dry-run'],
        allowOffline: values['allow-offline'],
        subscribers: [log.subscriber],
      },
      signalsOf(world),
    );
    return EXIT.ok;
  },
};

/** The version of the package, as `daemon.started` tells it. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

export function signalsOf({ signal, onReload, onCrash }: CommandWorld): DaemonSignals {
  return { stop: signal, onReload, ...(onCrash === undefined ? {} : { onCrash }) };
}

function readOnly(text: string | undefined): DaemonSettings['only'] {
  if (text === undefined || text === 'poller' || text === 'workers') return text ?? null;
  throw new AppError({
    code: 'usage',
    recovery: 'fix-config',
    message: `--only is "${text}"`,
    mend: 'write --only poller or --only workers',
  });
}
