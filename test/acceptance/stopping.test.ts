import { expect, it } from 'vitest';

import { startProcess } from '../faults/daemon-process.ts';
import { startFaultWorld } from '../faults/fault-world.ts';
import { startCompany } from '../support/company-world.ts';
import { startRestartableRedis } from '../support/restartable-redis.ts';

/** Makes the process fail on SIGUSR2 as no code of ours foresaw, with a person's name in the error. */
const FAILING = `process.on('SIGUSR2', () => void Promise.reject(new TypeError('no reader for Ann Example')))`;

it('what nobody foresaw stops the daemon in order, with one line without the words of the error (D18)', async () => {
  await using started = await startCompany();
  const options = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(FAILING)}` };
  const daemon = startProcess(started.world, [], options);
  await daemon.event('daemon.started');

  daemon.child.kill('SIGUSR2');
  const { code, out, err } = await daemon.ended;

  expect(code).toBe(70);
  expect(out.filter((line) => line.includes('internal.error'))).toHaveLength(1);
  expect(out.at(-1)).toMatch(/"event":"daemon.stopped","reason":"failure"/);
  expect(out.join() + err).not.toContain('Ann');
  expect(err).toMatch(/^rolecall: an unforeseen TypeError\n/);
});

it('SIGTERM ends the daemon within ten seconds though Redis hangs (I32)', async () => {
  await using server = await startRestartableRedis();
  await using started = await startFaultWorld({}, { redisUrl: server.url });
  const { world, sandbox } = started;
  sandbox.faults.add({ when: { kind: 'collection' }, do: { kind: 'slow-commit', millis: 20_000 } });
  const writing = sandbox.log.next(({ kind }) => kind === 'collection');
  const daemon = startProcess(world, [], { REDIS_URL: server.url });
  await writing;
  server.freeze();

  const asked = performance.now();
  daemon.child.kill('SIGTERM');
  const { code, out } = await daemon.ended;

  expect(code).toBe(0);
  expect(performance.now() - asked).toBeLessThan(10_000);
  expect(out.at(-1)).toContain('daemon.stopped');
}, 60_000);
