import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { startPrivateRedis } from '../src/cli/private-redis.ts';
import type { Bench, Figure } from './bench.ts';

// npm run bench -- [NAME…] [--json]: a line per figure, or one JSON object per bench.
// Every bench/NAME.bench.ts that exports `bench: Bench` is run, in the order of the names. Exits with 1 past a bound.

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const files = await readdir(import.meta.dirname);
const names = files
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
  .toSorted();
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`bench: no ${unknown.join(', ')}; there are ${names.join(', ')}\n`);
  process.exit(1);
}

for (const name of positionals.length > 0 ? positionals : names) {
  const { bench } = (await import(`./${name}.bench.ts`)) as { readonly bench: Bench };
  // Each its own: what one leaves behind would weigh on the next.
  const redis = await startPrivateRedis({ folder: path.join(import.meta.dirname, '../.redis') });
  try {
    const figures = await bench.run({ redisUrl: redis.url });
    for (const line of values.json ? [JSON.stringify({ bench: bench.name, figures })] : printed(bench.name, figures)) {
      process.stdout.write(`${line}\n`);
    }
    if (figures.some(isPastBound)) process.exitCode = 1;
  } finally {
    await redis.stop();
  }
}

function printed(bench: string, figures: readonly Figure[]): readonly string[] {
  return figures.map((figure) => {
    const { name, value, atMost } = figure;
    const bound = atMost === null ? '' : `, at most ${rounded(atMost)}${isPastBound(figure) ? ': PAST THE BOUND' : ''}`;
    return `${bench}: ${name} ${rounded(value)}${bound}`;
  });
}

function isPastBound({ value, atMost }: Figure): boolean {
  return atMost !== null && value > atMost;
}

/** Three significant digits: more would be noise. */
function rounded(value: number): string {
  return Number(value.toPrecision(value >= 100 ? Math.ceil(Math.log10(value)) : 3)).toLocaleString('en');
}
