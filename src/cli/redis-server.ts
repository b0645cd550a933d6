import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { AppError } from '../domain/error.ts';

const run = promisify(execFile);

export type RedisServer = {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** The whole command line; it runs in `dir`, where the append-only file goes. */
  command(start: { readonly port: number; readonly dir: string; readonly appendFile: string }): readonly string[];
};

/** A way to a server: the server, or in half a sentence why there is none; empty when that goes without saying. */
type Found = RedisServer | string;

const serverNames = ['redis-server', 'valkey-server'] as const;
const dockerImage = 'redis:8.2.1-alpine';

/**
 * The first server that can be had: on the PATH, unpacked from the distribution's packages below `home` (no root needed,
 * kept for the next time), or Docker's.
 * @throws AppError `redis-missing` (fix-config) saying what was tried
 */
export async function findRedisServer(home: string, signal?: AbortSignal): Promise<RedisServer> {
  const reasons: string[] = [];
  for (const look of [findOnPath, findUnpacked, unpackPackages, findDocker]) {
    const found = await look(home, signal);
    signal?.throwIfAborted();
    if (typeof found !== 'string') return found;
    reasons.push(found);
  }
  throw new AppError({
    code: 'redis-missing',
    recovery: 'fix-config',
    message: `REDIS_URL is not set and no Redis can be started: ${reasons.filter(Boolean).join('; ')}`,
    mend: 'set REDIS_URL, or install redis-server with the package manager of this machine, or start Docker',
  });
}

async function findOnPath(): Promise<Found> {
  // An ordinary user's PATH may lack the folders that servers are installed to.
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/local/sbin', '/usr/sbin'];
  for (const name of serverNames) {
    for (const folder of folders.filter(Boolean)) {
      const file = path.join(folder, name);
      if (await isExecutable(file)) return localServer(file, {});
    }
  }
  return `neither ${serverNames.join(' nor ')} is on the PATH`;
}

async function findUnpacked(home: string): Promise<Found> {
  const root = packagesFolder(home);
  const env = { LD_LIBRARY_PATH: (await libraryFolders(root)).join(':') };
  for (const name of serverNames) {
    const file = path.join(root, 'usr/bin', name);
    // It may be there and not run: the checkout may have been unpacked on another machine.
    const runs = await run(file, ['--version'], { env: { ...process.env, ...env } }).catch(() => null);
    if (runs !== null) return localServer(file, env);
  }
  return '';
}

/** Debian and its kin: apt-get resolves what this machine lacks into lists and archives of ours, dpkg unpacks them. */
async function unpackPackages(home: string, signal?: AbortSignal): Promise<Found> {
  const work = await mkdtemp(path.join(home, 'unpack-'));
  const [archives, root] = [path.join(work, 'archives'), path.join(work, 'root')];
  try {
    for (const folder of [path.join(work, 'lists/partial'), path.join(archives, 'partial'), root]) {
      await mkdir(folder, { recursive: true });
    }
    await downloadPackages(work, signal);
    for (const archive of (await readdir(archives)).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', path.join(archives, archive), root], { signal });
    }
    // What is there does not run, or another start has just put the same in its place.
    if (typeof (await findUnpacked(home)) === 'string') {
      await rm(packagesFolder(home), { recursive: true, force: true });
      await rename(root, packagesFolder(home)).catch(ignoreLostRace);
    }
    const found = await findUnpacked(home);
    return typeof found === 'string' ? 'the unpacked package does not run' : found;
  } catch (error) {
    return `apt-get brings none (${reasonOf(error)})`;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function downloadPackages(work: string, signal: AbortSignal | undefined): Promise<void> {
  const settings = [
    `Dir::State::lists=${work}/lists`,
    `Dir::Cache=${work}`,
    `Dir::Cache::archives=${work}/archives`,
    // Root's apt-get would hand the download to a user who cannot write here.
    'APT::Sandbox::User=root',
    // Nothing is installed; the machine's lock is not needed, and an ordinary user could not take it.
    'Debug::NoLocking=1',
    'Acquire::Languages=none',
    'Acquire::Retries=3',
  ];
  const options = ['-qq', ...settings.flatMap((setting) => ['-o', setting])];
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };

  // One index that fails, perhaps of a repository we do not need, is no reason to stop: the download decides.
  const update = await run('apt-get', [...options, 'update'], { env, signal }).catch(unlessMissing);
  const download = [...options, '--yes', '--download-only', '--no-install-recommends', 'install'];
  const failures = [update];
  for (const name of serverNames) {
    const failure = await run('apt-get', [...download, name], { env, signal }).then(() => null, unlessMissing);
    if (failure === null) return;
    failures.push(failure);
  }
  throw new Error(
    failures
      .map(({ stderr }) => firstLine(stderr))
      .filter(Boolean)
      .join(', '),
  );
}

async function findDocker(_home: string, signal?: AbortSignal): Promise<Found> {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { signal });
    await run('docker', ['image', 'inspect', dockerImage], { signal }).catch(async () => {
      await run('docker', ['pull', '--quiet', dockerImage], { signal });
    });
    return dockerServer();
  } catch (error) {
    return `docker runs none (${reasonOf(error)})`;
  }
}

function localServer(file: string, env: Readonly<Record<string, string>>): RedisServer {
  return {
    name: path.basename(file),
    env,
    command: ({ port, appendFile }) => [
      file,
      ...flags({ bind: '127.0.0.1', port: String(port), ...redisSettings, appendfilename: appendFile }),
    ],
  };
}

function dockerServer(): RedisServer {
  // The append-only file belongs to whoever started us, so that they can delete it.
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  return {
    name: dockerImage,
    env: {},
    command: ({ port, dir, appendFile }) => [
      'docker',
      'run',
      '--rm',
      ...flags({ publish: `127.0.0.1:${port}:6379`, volume: `${dir}:/data`, user }),
      dockerImage,
      'redis-server',
      ...flags({ 'protected-mode': 'no', ...redisSettings, appendfilename: appendFile }),
    ],
  };
}

/** What BullMQ asks of a Redis: nothing evicted, every second on disk; snapshots would only repeat the append-only file. */
const redisSettings = { appendonly: 'yes', appendfsync: 'everysec', 'maxmemory-policy': 'noeviction', save: '' };

function flags(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

function packagesFolder(home: string): string {
  return path.join(home, 'packages');
}

async function libraryFolders(root: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const parent of [path.join(root, 'usr/lib'), path.join(root, 'lib')]) {
    const names = await readdir(parent).catch(() => []);
    folders.push(...names.filter((name) => name.includes('-linux-')).map((name) => path.join(parent, name)));
  }
  return folders;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** What a command wrote that ran and failed. @throws what kept it from running */
function unlessMissing(error: unknown): { readonly stderr: string } {
  if (!isCommandFailure(error)) throw error;
  return error;
}

function isCommandFailure(error: unknown): error is Error & { readonly stderr: string } {
  return error instanceof Error && 'stderr' in error && typeof codeOf(error) === 'number';
}

function ignoreLostRace(error: unknown): void {
  if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  // A folder of the PATH that we may not enter gives EACCES for what is not there.
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EACCES') return 'not installed';
  if (isCommandFailure(error)) return firstLine(error.stderr);
  return error instanceof Error ? error.message : String(error);
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
