import type { SandboxOrg, SandboxOrgOptions } from '../../src/sandbox/sandbox-org.ts';
import { companySeed, openCompany, TUESDAY, type Company } from './company.ts';
import { startWorld, type TestWorld, type WorldSettings } from './world.ts';

/** The demo company's org, what its people can do in it, and the daemon beside it. Dispose it. */
export type CompanyWorld = AsyncDisposable & {
  readonly world: TestWorld;
  readonly company: Company;
  readonly sandbox: SandboxOrg;
  readonly org: SandboxOrg['org'];
  readonly clock: SandboxOrg['clock'];
};

/** Starts the company's org at an instant (ms), from which its clock runs on with the real time. */
export async function startCompany(
  { at = TUESDAY, ...options }: SandboxOrgOptions & { readonly at?: number } = {},
  settings: WorldSettings = {},
): Promise<CompanyWorld> {
  const world = await startWorld({ records: companySeed(at), ...options }, settings);
  const { sandbox } = world;
  const { org, clock } = sandbox;
  clock.set(at);
  return {
    world,
    company: openCompany(sandbox),
    sandbox,
    org,
    clock,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
