// A program of its own that starts a private Redis and does nothing more: a test kills it.
import { startPrivateRedis } from '../../src/cli/private-redis.ts';

const server = await startPrivateRedis({ folder: process.argv[2] ?? '.redis' });
process.stdout.write(server.url);
setInterval(() => {}, 60_000);
