import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'report-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('the last line of .ci/run', () => {
  it.each([
    {
      name: 'counts what passed',
      report: { success: true, numPassedTests: 12, numFailedTests: 0, testResults: [passedFile()] },
      says: '12 passed, 0 failed\n',
      exitCode: 0,
    },
    {
      name: 'counts what failed, and fails with it',
      report: { success: false, numPassedTests: 10, numFailedTests: 2, testResults: [passedFile()] },
      says: '10 passed, 2 failed\n',
      exitCode: 1,
    },
    {
      name: 'counts a file that could not be loaded as a failure',
      report: {
        success: false,
        numPassedTests: 10,
        numFailedTests: 0,
        testResults: [passedFile(), { status: 'failed', assertionResults: [] }],
      },
      says: '10 passed, 1 failed\n',
      exitCode: 1,
    },
    {
      name: 'fails where vitest failed for another reason',
      report: { success: false, numPassedTests: 10, numFailedTests: 0, testResults: [passedFile()] },
      says: '10 passed, 0 failed\n',
      exitCode: 1,
    },
  ])('$name', async ({ report, says, exitCode }) => {
    const file = path.join(folder, 'report.json');
    await writeFile(file, JSON.stringify(report));

    expect(await countTests(file)).toEqual({ says, exitCode });
  });
});

function passedFile(): object {
  return { status: 'passed', assertionResults: [{ status: 'passed' }] };
}

function countTests(file: string): Promise<{ readonly says: string; readonly exitCode: unknown }> {
  const script = path.resolve(import.meta.dirname, '../.ci/count-tests.cjs');
  return new Promise((resolve) => {
    execFile(process.execPath, [script, file], (error, stdout) =>
      resolve({ says: stdout, exitCode: error?.code ?? 0 }),
    );
  });
}
