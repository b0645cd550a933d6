import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { loadConfig } from '../src/config/load.ts';
import { readFencedBlocks } from './support/markdown.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..');
const launcher = path.join(root, 'src/launch.cjs');
const readme = await read('README.md');
const blocks = readFencedBlocks(readme);
const { scripts } = JSON.parse(await read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };

const contractVariables = `
  SF_LOGIN_URL SF_CLIENT_ID SF_USERNAME SF_PRIVATE_KEY_FILE SF_PRIVATE_KEY SF_JWT_AUDIENCE SF_CLIENT_SECRET
  SF_REFRESH_TOKEN SF_API_VERSION REDIS_URL REDIS_PREFIX CONFIG_DIR DATA_DIR HTTP_HOST HTTP_PORT LOG_LEVEL LOG_FORMAT`
  .trim()
  .split(/\s+/);

/** Each command of the README and how it is tried here. */
const commands: Readonly<Record<string, () => Promise<void>>> = {
  // It is what runs this.
  'npm test': async () => {
    expect(scripts['test']).toBe('node src/launch.cjs --install && exec vitest run');
  },
  'npm run check': async () => {
    const parts = (scripts['check'] ?? '').split(' && ').map((part) => part.replace(/^npm run /, ''));
    expect(parts.filter((part) => !(part in scripts))).toEqual(['vitest run']);
  },
  // There is no Docker engine where tests run: the file is read instead, below.
  'docker compose up --detach': () => access(path.join(root, 'docker-compose.yml')),
  // npm 9 deletes node_modules even in a dry run, so only what `ci` asks first is asked here: do manifest and lock agree?
  'npm ci --omit=dev': async () => {
    await run('npm', ['ls', '--package-lock-only', '--omit=dev', '--all'], { cwd: root });
  },
  // It takes an hour; that it finds its suites is enough here.
  'npm run test:faults': async () => {
    const { stdout } = await run('npx', ['vitest', 'list', '--filesOnly', '--config', 'vitest.faults.config.ts'], {
      cwd: root,
    });
    expect(stdout).toMatch(/test\/faults\/\S+\.faults\.ts/);
  },
  'npm run demo': async () => {
    const { stdout } = await run('npm', ['run', 'demo', '--', '--once'], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
    expect(stdout).toContain('daemon.stopped');
  },
  'npx rolecall start': () => help('start'),
};

describe('the README', () => {
  const written = blocks.filter(({ info }) => info === 'sh').flatMap(({ text }) => text.trim().split('\n'));

  it('shows no command that is not tried here', () => {
    expect(written.toSorted()).toEqual(Object.keys(commands).toSorted());
  });

  it('names no command in passing that there is not', async () => {
    const named = [...readme.matchAll(/`(?:npx )?rolecall ([a-z]+)/g)].map(([, name]) => name!);
    const { stdout } = await run('node', [launcher, '--help']);

    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each(Object.entries(commands))(
    'shows a command that works: %s',
    async (_command, attempt) => {
      await expect(attempt()).resolves.toBeUndefined();
    },
    180_000,
  );

  describe.each(blocks.filter(({ info }) => info === 'yaml configuration'))(
    'its configuration in line $line',
    (block) => {
      let folder: string;

      beforeAll(async () => {
        folder = await mkdtemp(path.join(tmpdir(), 'readme-'));
        await writeFile(path.join(folder, 'readme.yaml'), block.text);
      });

      afterAll(async () => {
        await rm(folder, { recursive: true });
      });

      it('loads without a remark', () => {
        const { config, problems } = loadConfig(folder);

        expect(problems).toEqual([]);
        expect(config).not.toBeNull();
      });

      it('passes its own tests', async () => {
        const { stdout } = await run(process.execPath, [launcher, 'test', '--json'], {
          env: { ...process.env, CONFIG_DIR: folder },
        });

        expect(stdout).toContain('"passed":true');
        expect(stdout).not.toContain('"passed":false');
      });
    },
  );

  it('marks all its YAML as configuration, and has some', () => {
    const yaml = blocks.filter(({ info }) => info.startsWith('yaml'));

    expect(new Set(yaml.map(({ info }) => info))).toEqual(new Set(['yaml configuration']));
  });

  it('links to files that are there', async () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');

    await expect(Promise.all(links.map((link) => access(path.join(root, link))))).resolves.toHaveLength(links.length);
    expect(links).toContain('.env.example');
  });
});

describe('.env.example', () => {
  it('names every variable of the contract, and those of the example alerts', async () => {
    const example = await read('.env.example');

    const names = [...example.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map((match) => match[1] ?? '');

    expect(names.toSorted()).toEqual([...contractVariables, 'LEADS_WEBHOOK', 'REVOPS_WEBHOOK'].toSorted());
  });

  it.each([
    ['SF_LOGIN_URL', 'https://login.salesforce.com'],
    ['SF_API_VERSION', '66.0'],
    ['REDIS_URL', 'redis://127.0.0.1:6379'],
    ['REDIS_PREFIX', 'rolecall'],
    ['CONFIG_DIR', 'config'],
    ['DATA_DIR', 'data'],
    ['HTTP_HOST', '127.0.0.1'],
    ['HTTP_PORT', '9464'],
    ['LOG_LEVEL', 'info'],
  ])('shows the default of %s', async (name, value) => {
    expect(await read('.env.example')).toMatch(new RegExp(`^(# )?${name}=${value}$`, 'm'));
  });
});

describe('the production start', () => {
  type Service = Readonly<Record<string, unknown>>;

  async function readServices(): Promise<Readonly<Record<'redis' | 'rolecall', Service>>> {
    const { services } = parse(await read('docker-compose.yml')) as {
      readonly services: Readonly<Record<'redis' | 'rolecall', Service>>;
    };
    return services;
  }

  it('gives Redis an append-only file and lets it evict nothing', async () => {
    const { redis } = await readServices();

    expect((redis['command'] as readonly string[]).join(' ')).toMatch(
      /--appendonly yes .*--maxmemory-policy noeviction/,
    );
    expect(redis['volumes']).toEqual(['redis:/data']);
  });

  it.each(['redis', 'rolecall'] as const)('gives %s no more than it needs', async (name) => {
    expect((await readServices())[name]).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
    });
  });

  it('starts the daemon when Redis answers', async () => {
    expect((await readServices()).rolecall).toMatchObject({
      environment: { REDIS_URL: 'redis://redis:6379' },
      depends_on: { redis: { condition: 'service_healthy' } },
    });
  });

  it('keeps the decision log and the reports in a volume', async () => {
    expect((await readServices()).rolecall['volumes']).toContain('data:/app/data');
    expect(await read('Dockerfile')).toMatch(/^VOLUME \/app\/data$/m);
  });

  it('runs as an ordinary user on the Node of the packages, and asks /health how it is', async () => {
    const dockerfile = await read('Dockerfile');
    const { devDependencies } = JSON.parse(await read('package.json')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };

    const stages = [...dockerfile.matchAll(/^FROM node:([\d.]+)-/gm)].map((match) => match[1]);

    expect(stages).toEqual([devDependencies['node'], devDependencies['node']]);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK [\s\S]*?\/health`/m);
  });
});

function read(file: string): Promise<string> {
  return readFile(path.join(root, file), 'utf8');
}

async function help(command: string): Promise<void> {
  const { stdout } = await run(process.execPath, [launcher, command, '--help']);
  expect(stdout).toContain(command);
}
