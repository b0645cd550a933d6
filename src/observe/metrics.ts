import { Counter, Gauge, Registry } from 'prom-client';

import type { BudgetStanding } from '../domain/api-budget.ts';
import type { Instant } from '../domain/instant.ts';
import type { Subscriber } from './events.ts';

export type Metrics = {
  readonly registry: Registry;
  readonly subscriber: Subscriber;
  /** Called before each scrape, with values that are asked for rather than counted. */
  setGauges(gauges: {
    readonly calls: number;
    readonly budget: BudgetStanding;
    /** Null while Redis does not tell. */
    readonly queued: {
      readonly waiting: number;
      /** By module, those with none among them. */
      readonly dead: ReadonlyMap<string, number>;
      readonly alerts: number;
    } | null;
    /** Of each module that is on, whether it has paused. */
    readonly paused: ReadonlyMap<string, boolean>;
    readonly isConfigRejected: boolean;
    readonly isRedisThere: boolean;
  }): void;
};

/** Prometheus metrics fed by the same events as the log. No label ever holds an id. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const decisions = new Counter({
    name: 'rolecall_decisions_total',
    help: 'Decisions by module and result',
    labelNames: ['module', 'result'],
    registers,
  });
  const findings = new Counter({
    name: 'rolecall_findings_total',
    help: 'What decisions found odd, by module and finding',
    labelNames: ['module', 'finding'],
    registers,
  });
  const writes = new Counter({
    name: 'rolecall_writes_total',
    help: 'Records written by object, action and fate',
    labelNames: ['object', 'action', 'fate'],
    registers,
  });
  const rows = new Counter({
    name: 'rolecall_polled_rows_total',
    help: 'Rows handed on by the polls',
    labelNames: ['object'],
    registers,
  });
  const watermark = new Gauge({
    name: 'rolecall_watermark_seconds',
    help: 'The watermark of each object, seconds since 1970',
    labelNames: ['object'],
    registers,
  });
  const deadLetters = new Counter({
    name: 'rolecall_dead_letters_total',
    help: 'Records set aside, by code',
    labelNames: ['code'],
    registers,
  });
  const rejectedConfigs = new Counter({
    name: 'rolecall_config_rejected_total',
    help: 'Reloads refused because the files have errors',
    registers,
  });
  const reachable = new Gauge({ name: 'rolecall_org_reachable', help: '1 while Salesforce answers', registers });
  const calls = new Gauge({ name: 'rolecall_api_calls', help: 'API calls made by this process', registers });
  const lanes = new Gauge({
    name: 'rolecall_api_calls_24h',
    help: 'API calls of all replicas in the last 24 hours, by lane',
    labelNames: ['lane'],
    registers,
  });
  const held = new Gauge({
    name: 'rolecall_api_lane_held',
    help: '1 while the lane waits for calls to be left',
    labelNames: ['lane'],
    registers,
  });
  const ceiling = new Gauge({ name: 'rolecall_api_daily_calls', help: 'Our own ceiling, if there is one', registers });
  const orgUsed = new Gauge({ name: 'rolecall_org_api_used', help: 'API calls of everybody in the org', registers });
  const orgLimit = new Gauge({ name: 'rolecall_org_api_limit', help: "The org's own allocation", registers });
  const waiting = new Gauge({ name: 'rolecall_waiting_batches', help: 'Batches in the queues', registers });
  const dead = new Gauge({
    name: 'rolecall_dead_letters',
    help: 'Records set aside now, by module',
    labelNames: ['module'],
    registers,
  });
  const paused = new Gauge({
    name: 'rolecall_module_paused',
    help: '1 while the module writes nothing until somebody acts',
    labelNames: ['module'],
    registers,
  });
  const configRejected = new Gauge({
    name: 'rolecall_config_rejected',
    help: '1 while the files are refused and an older configuration runs on',
    registers,
  });
  const redisReachable = new Gauge({ name: 'rolecall_redis_reachable', help: '1 while Redis answers', registers });
  const alertsWaiting = new Gauge({ name: 'rolecall_alerts_waiting', help: 'Alerts to be sent', registers });
  const alerts = new Counter({
    name: 'rolecall_alerts_total',
    help: 'Alerts that were sent or given up, by channel and fate',
    labelNames: ['alert', 'fate'],
    registers,
  });
  reachable.set(1);

  return {
    registry,
    setGauges(gauges) {
      calls.set(gauges.calls);
      if (gauges.queued !== null) {
        waiting.set(gauges.queued.waiting);
        alertsWaiting.set(gauges.queued.alerts);
        dead.reset();
        for (const [module, letters] of gauges.queued.dead) dead.set({ module }, letters);
      }
      paused.reset();
      for (const [module, isPaused] of gauges.paused) paused.set({ module }, isPaused ? 1 : 0);
      configRejected.set(gauges.isConfigRejected ? 1 : 0);
      redisReachable.set(gauges.isRedisThere ? 1 : 0);
      const { byLane, budget, org } = gauges.budget;
      for (const [lane, made] of byLane) {
        lanes.set({ lane }, made);
        held.set({ lane }, gauges.budget.held.includes(lane) ? 1 : 0);
      }
      if (budget.dailyCalls !== null) ceiling.set(budget.dailyCalls);
      if (org !== null) {
        orgUsed.set(org.used);
        orgLimit.set(org.limit);
      }
    },
    subscriber(event, fields) {
      count(event, fields);
    },
  };

  function count(event: string, fields: Readonly<Record<string, unknown>>): void {
    switch (event) {
      case 'decision':
        decisions.inc({ module: String(fields['module']), result: String(fields['result']) });
        for (const finding of codesIn(fields['findings'])) findings.inc({ module: String(fields['module']), finding });
        return;
      case 'write.completed': {
        const failed = Number(fields['failed']);
        const labels = { object: String(fields['object']), action: String(fields['action']) };
        writes.inc({ ...labels, fate: 'applied' }, Number(fields['records']) - failed);
        writes.inc({ ...labels, fate: 'failed' }, failed);
        return;
      }
      case 'poll.completed':
        rows.inc({ object: String(fields['object']) }, Number(fields['rows']));
        watermark.set({ object: String(fields['object']) }, seconds(Date.parse(String(fields['watermark']))));
        return;
      case 'dead_letter':
        deadLetters.inc({ code: String(fields['code']) });
        return;
      case 'alert.sent':
      case 'alert.unsent': {
        const fate = event === 'alert.sent' ? 'sent' : 'given_up';
        if (fields['alerts'] !== undefined)
          alerts.inc({ alert: String(fields['alert']), fate }, Number(fields['alerts']));
        return;
      }
      case 'config.rejected':
        rejectedConfigs.inc();
        return;
      case 'org.unreachable':
        reachable.set(0);
        return;
      case 'org.reachable':
        reachable.set(1);
        return;
      default:
    }
  }
}

/** Findings without what they are about: `not_engaged: champion` and the like would be too many labels. */
function codesIn(findings: unknown): readonly string[] {
  return Array.isArray(findings) ? findings.map((finding) => /^\w*/.exec(String(finding))![0]) : [];
}

function seconds(at: Instant): number {
  return Math.floor(at / 1000);
}
