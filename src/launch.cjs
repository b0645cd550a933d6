#!/usr/bin/env node
'use strict';
// The way into rolecall from whatever Node a machine brings: it runs before anything is installed, and on Node 18.
// `launch.cjs COMMAND …` runs rolecall, `--install` makes node_modules complete, `--link` puts `rolecall` into its .bin.

const { spawn, spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const root = path.resolve(__dirname, '..');
const modules = path.join(root, 'node_modules');
const stamp = path.join(modules, '.rolecall-lock');
const ownNode = path.join(modules, 'node', 'bin', 'node');

/** From here on Node runs TypeScript without a flag and without a warning. */
const oldestNode = [24, 3];

function main(argv) {
  const [first] = argv;
  if (first === '--link') return link();
  if (first === '--install') return isComplete() || install();
  if (first === 'demo' && !isInstalled()) install();
  return run(argv);
}

/** What `prepare` does: `npx rolecall` then works in a checkout. */
function link() {
  const bin = path.join(modules, '.bin', 'rolecall');
  if (!fs.existsSync(modules)) return;
  fs.mkdirSync(path.dirname(bin), { recursive: true });
  fs.rmSync(bin, { force: true });
  fs.symlinkSync(path.relative(path.dirname(bin), __filename), bin);
  // npm leaves out native packages whose engines exclude the Node it runs on: only a new Node brings all.
  if (isNewEnough()) fs.writeFileSync(stamp, lockHash());
}

function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

/** Hash of the lock file that node_modules was made from. */
function lockHash() {
  return createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

function hasNode() {
  return isNewEnough() || isExecutable(ownNode);
}

function isInstalled() {
  return fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === lockHash() && hasNode();
}

/** Installed with what the tests need besides: `npm ci --omit=dev` leaves that out. */
function isComplete() {
  return isInstalled() && fs.existsSync(path.join(modules, 'vitest'));
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function install() {
  say('installing the packages of package-lock.json, which takes about a minute the first time');
  const { devDependencies } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const ci = ['npm', 'ci', '--include=dev'];
  const [command, ...args] = isNewEnough()
    ? ci
    : ['npx', '--yes', '-p', `node@${devDependencies.node}`, '-c', ci.join(' ')];
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    // By itself npm says for minutes nothing when there is no network.
    env: { ...process.env, npm_config_fetch_retries: '3', npm_config_fetch_retry_maxtimeout: '10000' },
  });
  if (result.status !== 0) fail(whyNot(command, result));
  if (!hasNode()) fail('npm may not run install scripts here, so Node is missing; run: npm ci --ignore-scripts=false');
  fs.writeFileSync(stamp, lockHash());
  say('the packages are installed');
}

function whyNot(command, { error, signal, stderr }) {
  if (error) return `${command} cannot be run (${error.code}); install npm, on Debian with: apt-get install npm`;
  if (signal) return `the installation was ended by ${signal}; run the same command again`;
  const words = stderr.split('\n').filter((line) => /^npm (error|ERR!)/.test(line) && !/complete log|_logs/.test(line));
  return [
    'the packages could not be installed; npm says:',
    ...words.slice(0, 8),
    'needed: a network way to the npm registry, 1 GB of free disk, a home folder and a checkout that can be written to',
  ].join('\n');
}

function run(argv) {
  if (!fs.existsSync(modules)) fail('the packages are not installed; run: npm ci');
  if (!hasNode()) {
    fail(`this is Node ${process.versions.node} and rolecall needs ${oldestNode.join('.')} or newer; run: npm ci`);
  }
  const program = path.join(root, 'src', 'main.ts');
  endWithNpm();
  if (isNewEnough()) return import(pathToFileURL(program).href);
  return runOnOwnNode([program, ...argv]);
}

/** npm that is killed takes nothing along: whoever ran `npm run demo` would be left with a daemon that nobody sees. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  setInterval(() => {
    if (process.ppid !== npm) process.kill(process.pid, 'SIGTERM');
  }, 1000).unref();
}

/** Runs the program as a child that ends when we do: it watches the IPC channel, see cli/end-with-launcher.ts. */
function runOnOwnNode(argv) {
  const child = spawn(ownNode, argv, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ROLECALL_LAUNCHED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal's Ctrl-C reaches the child without us, and a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`${ownNode} cannot be run (${error.code}); run: npm ci`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function say(line) {
  process.stderr.write(`rolecall: ${line}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

main(process.argv.slice(2));
