import type { CompanyWorld } from '../support/company-world.ts';
import { attemptsIn } from './request-facts.ts';

/** Deals whose only gap is that they are not flagged yet. */
export function someDeals({ company }: CompanyWorld, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    company.opportunity('Qualification', [['a', 'Champion', true]], { Name: `Deal ${index}` }),
  );
}

/** Those of them that have no flags yet. */
export function unflagged({ company }: CompanyWorld, deals: readonly string[]): readonly string[] {
  return deals.filter((deal) => company.flags(deal).status !== 'compliant');
}

/** How often each of them was sent. */
export function triesOf({ sandbox }: CompanyWorld, deals: readonly string[]): readonly number[] {
  const attempts = attemptsIn(sandbox.log.entries);
  return deals.map((deal) => attempts.filter(({ id }) => id === deal).length);
}

/** What is set aside. */
export async function deadLetters({ world }: CompanyWorld): Promise<readonly unknown[]> {
  const letters = await world.fresh.redis.hvals(`${world.fresh.prefix}:dead-letters`);
  return letters.map((letter) => JSON.parse(letter) as unknown);
}
