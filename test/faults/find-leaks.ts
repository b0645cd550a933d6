import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { CompanyWorld } from '../support/company-world.ts';
import { dumpRedis, forbiddenWords, readFolder, wordsIn } from '../support/leaks.ts';
import { EXAMPLE } from '../support/world.ts';

/**
 * What nobody may read and yet stands in what the daemon told or kept (I39).
 * @param places  texts by what they are
 * @returns one line per word and place; empty when there is none
 */
export function findLeaks(sandbox: SandboxOrg, places: Readonly<Record<string, string>>): readonly string[] {
  // What stands in the YAML stands in our copies of it too.
  const yaml = readFolder(EXAMPLE).toLowerCase();
  const words = forbiddenWords(sandbox, tokensIn(sandbox)).filter((word) => !yaml.includes(word.toLowerCase()));
  return Object.entries(places).flatMap(([place, text]) =>
    wordsIn(text, words).map((word) => `I39: ${place} holds ${JSON.stringify(word)}`),
  );
}

function tokensIn({ log }: SandboxOrg): readonly string[] {
  return [...new Set(log.entries.flatMap(({ headers }) => headers['authorization']?.split(' ')[1] ?? []))];
}

/** The same world, which fails its test in the end when its daemons have told or kept what nobody may read. */
export function watchForLeaks(started: CompanyWorld): CompanyWorld {
  const { world, sandbox } = started;
  const { fresh, environment } = world;
  return {
    ...started,
    async [Symbol.asyncDispose]() {
      // A Redis of the test's own may be down by now; the storm looks into its own.
      const isShared = environment.redis.url === fresh.url;
      const leaks = findLeaks(sandbox, {
        log: JSON.stringify(world.events),
        files: readFolder(environment.dataFolder),
        Redis: isShared ? await dumpRedis(fresh.redis, fresh.prefix) : '',
      });
      await started[Symbol.asyncDispose]();
      if (leaks.length > 0) throw new Error(leaks.join('\n'));
    },
  };
}
