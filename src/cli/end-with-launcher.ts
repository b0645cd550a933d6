/**
 * Ends this process when the launcher that started it on another Node is gone, however it went (`src/launch.cjs`).
 * It ends the way SIGTERM ends it: in order where `main` listens, at once before that.
 * Without a launcher it does nothing.
 */
export function endWithLauncher(): void {
  if (process.env['ROLECALL_LAUNCHED'] === undefined) return;
  // The programs that this one starts have no launcher.
  delete process.env['ROLECALL_LAUNCHED'];
  process.once('disconnect', terminate);
  // Waiting for the launcher's end must not keep a finished command alive.
  process.channel?.unref();
  // It may have gone while our modules were loading.
  if (!process.connected) terminate();
}

function terminate(): void {
  process.kill(process.pid, 'SIGTERM');
}
