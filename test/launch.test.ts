import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const checkout = path.resolve(import.meta.dirname, '..');

/** Loaded before the launcher, it makes this Node say that it is the one Debian 12 brings. */
const pretendNode18 = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } });`;

const program = `
import { endWithLauncher } from ${JSON.stringify(path.join(checkout, 'src/cli/end-with-launcher.ts'))};
endWithLauncher();
const [command, ...rest] = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => { console.log('got ' + signal); process.exit(7); });
}
if (command === 'echo') process.stdin.pipe(process.stdout);
if (command === 'wait') setInterval(() => {}, 60_000);
if (command === 'die') { process.removeAllListeners('SIGTERM'); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 60_000); }
if (command === 'exit') process.exit(Number(rest[0]));
console.log(JSON.stringify({ pid: process.pid, node: process.versions.node, rest }));
`;

let project: string;

beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'launch '));
  await mkdir(path.join(project, 'src'));
  await mkdir(path.join(project, 'bin'));
  await copyFile(path.join(checkout, 'src/launch.cjs'), path.join(project, 'src/launch.cjs'));
  await cp(path.join(checkout, 'package.json'), path.join(project, 'package.json'));
  await writeFile(path.join(project, 'package-lock.json'), '{"lockfileVersion":3}');
  await writeFile(path.join(project, 'src/main.ts'), program);
  await writeFile(path.join(project, 'pretend.cjs'), pretendNode18);
});

afterEach(async () => {
  await rm(project, { recursive: true, force: true });
});

describe('on a Node that is new enough', () => {
  beforeEach(putPackages);

  it('runs the program in the same process', async () => {
    const launcher = launch(['show', '--flag', 'two words']);

    const { pid, rest } = JSON.parse(await firstLine(launcher)) as Shown;

    expect({ pid, rest }).toEqual({ pid: launcher.pid, rest: ['--flag', 'two words'] });
  });

  it('leaves with the exit code of the program', async () => {
    expect((await ended(launch(['exit', '5']))).code).toBe(5);
  });
});

describe('on a Node that is too old', () => {
  beforeEach(putPackages);

  it('runs the program on the Node of the packages', async () => {
    const launcher = launchOnOldNode(['show', '--flag', 'two words']);

    const shown = JSON.parse(await firstLine(launcher)) as Shown;

    expect(shown).toMatchObject({ node: process.versions.node, rest: ['--flag', 'two words'] });
    expect(shown.pid).not.toBe(launcher.pid);
    expect(await ended(launcher)).toEqual({ code: 0, signal: null });
  });

  it('prints nothing of its own', async () => {
    const launcher = launchOnOldNode(['exit', '0']);

    expect(await text(launcher.stderr)).toBe('');
  });

  it('leaves with the exit code of the program', async () => {
    expect((await ended(launchOnOldNode(['exit', '5']))).code).toBe(5);
  });

  it('dies by the signal that the program died by', async () => {
    expect((await ended(launchOnOldNode(['die']))).signal).toBe('SIGTERM');
  });

  it('hands its standard input on', async () => {
    const launcher = launchOnOldNode(['echo']);

    launcher.stdin.end('a line\n');

    expect(await text(launcher.stdout)).toContain('a line\n');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('forwards %s', async (signal) => {
    const launcher = launchOnOldNode(['wait']);
    const lines = createInterface(launcher.stdout)[Symbol.asyncIterator]();
    await lines.next();

    launcher.kill(signal);

    expect((await lines.next()).value).toBe(`got ${signal}`);
    expect((await ended(launcher)).code).toBe(7);
  });

  it('takes the program with it when it is killed', async () => {
    const launcher = launchOnOldNode(['wait']);
    const lines = createInterface(launcher.stdout)[Symbol.asyncIterator]();
    await lines.next();

    launcher.kill('SIGKILL');

    expect((await lines.next()).value).toBe('got SIGTERM');
  });

  it.each(['in the same process', 'as a child'])('ends, %s, when the npm that ran it is killed', async (way) => {
    const options = way === 'as a child' ? ['--require', path.join(project, 'pretend.cjs')] : [];
    const node = [process.execPath, ...options, path.join(project, 'src/launch.cjs'), 'wait'];
    // A shell that waits for its child stands for npm.
    const npm = spawn('/bin/sh', ['-c', '"$@"; true', 'npm', ...node], { env: { npm_lifecycle_event: 'demo' } });
    const lines = createInterface(npm.stdout)[Symbol.asyncIterator]();
    await lines.next();

    npm.kill('SIGKILL');

    expect((await lines.next()).value).toBe('got SIGTERM');
  });

  it('asks for the packages where they bring no Node', async () => {
    await rm(path.join(project, 'node_modules/node'), { recursive: true });

    const launcher = launchOnOldNode(['show']);

    expect(await text(launcher.stderr)).toBe(
      'rolecall: this is Node 18.20.4 and rolecall needs 24.3 or newer; run: npm ci\n',
    );
  });
});

describe('without its packages', () => {
  it('tells how to install them', async () => {
    const launcher = launch(['start']);

    expect(await text(launcher.stderr)).toBe('rolecall: the packages are not installed; run: npm ci\n');
    expect((await ended(launcher)).code).toBe(1);
  });

  it('installs them for the demo', async () => {
    await putTool('npm', 'mkdir node_modules && echo "$@" > node_modules/asked');

    const launcher = launch(['demo']);

    expect(await text(launcher.stderr)).toMatch(/^rolecall: installing .*\nrolecall: the packages are installed\n$/);
    expect(await asked()).toBe('ci --include=dev\n');
    expect((await ended(launcher)).code).toBe(0);
  });

  it('has an old Node fetch the new one first, since npm leaves out what the running Node is too old for', async () => {
    await putTool(
      'npx',
      `mkdir -p node_modules/node/bin && ln -s ${process.execPath} node_modules/node/bin/node && echo "$@" > node_modules/asked`,
    );

    const launcher = launchOnOldNode(['demo']);

    expect((await ended(launcher)).code).toBe(0);
    expect(await asked()).toMatch(/^--yes -p node@24\.\d+\.\d+ -c npm ci --include=dev$/m);
  });

  it.each([
    {
      trouble: 'npm is missing',
      npm: null,
      says: /npm cannot be run \(ENOENT\); install npm, on Debian with: apt-get install npm/,
    },
    {
      trouble: 'the registry is out of reach',
      npm: 'echo "npm error code ENOTFOUND" >&2; exit 1',
      says: /npm says:\nnpm error code ENOTFOUND\nneeded: a network way to the npm registry/,
    },
    { trouble: 'it is interrupted', npm: 'kill -TERM $$', says: /ended by SIGTERM; run the same command again/ },
  ])('says plainly what is needed when $trouble', async ({ npm, says }) => {
    if (npm !== null) await putTool('npm', npm);

    const launcher = launch(['--install']);

    expect(await text(launcher.stderr)).toMatch(says);
    expect((await ended(launcher)).code).toBe(1);
  });

  it('names the cause when npm may not run install scripts', async () => {
    await putTool('npx', 'mkdir node_modules');

    expect(await text(launchOnOldNode(['--install']).stderr)).toContain('npm ci --ignore-scripts=false');
  });
});

describe('with its packages', () => {
  beforeEach(putPackages);

  it('installs nothing when they are those of the lock file', async () => {
    await ended(launch(['--link']));

    expect(await ended(launch(['--install']))).toEqual({ code: 0, signal: null });
  });

  it('installs again when the lock file has changed', async () => {
    await ended(launch(['--link']));
    await writeFile(path.join(project, 'package-lock.json'), '{"lockfileVersion":3,"packages":{}}');
    await putTool('npm', 'echo "$@" > node_modules/asked');

    await ended(launch(['--install']));

    expect(await asked()).toBe('ci --include=dev\n');
  });

  it('installs again when an old Node made them, which leaves native packages out', async () => {
    await ended(launchOnOldNode(['--link']));
    await putTool('npx', 'echo "$@" > node_modules/asked');

    await ended(launchOnOldNode(['--install']));

    expect(await asked()).toContain('npm ci');
  });

  it('becomes a command of the checkout', async () => {
    await ended(launch(['--link']));

    expect(await readlink(path.join(project, 'node_modules/.bin/rolecall'))).toBe('../../src/launch.cjs');
  });
});

type Shown = { readonly pid: number; readonly node: string; readonly rest: readonly string[] };

function launch(args: readonly string[], nodeOptions: readonly string[] = []): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...nodeOptions, path.join(project, 'src/launch.cjs'), ...args], {
    cwd: tmpdir(),
    // The machine's own npm stays out of sight.
    env: { PATH: path.join(project, 'bin') },
  });
}

function launchOnOldNode(args: readonly string[]): ChildProcessWithoutNullStreams {
  return launch(args, ['--require', path.join(project, 'pretend.cjs')]);
}

async function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return line;
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; signal: string | null }> {
  if (child.exitCode !== null || child.signalCode !== null) return { code: child.exitCode, signal: child.signalCode };
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return { code, signal };
}

async function putPackages(): Promise<void> {
  await mkdir(path.join(project, 'node_modules/node/bin'), { recursive: true });
  await mkdir(path.join(project, 'node_modules/vitest'));
  await symlink(process.execPath, path.join(project, 'node_modules/node/bin/node'));
}

/** npm is somebody else's program: what it leaves behind, or says, is all that the launcher sees of it. */
async function putTool(name: string, script: string): Promise<void> {
  const file = path.join(project, 'bin', name);
  await writeFile(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  await chmod(file, 0o755);
}

function asked(): Promise<string> {
  return readFile(path.join(project, 'node_modules/asked'), 'utf8');
}
