import { monitorEventLoopDelay } from "node:perf_hooks";
import manifest from "../../../package.json" with { type: "json" };
import { chainVerified } from "../../domain/audit/chain-verification.ts";
import { hashLoad } from "../../domain/credentials/password.ts";
import { smsBudgetUsed } from "../../domain/factors/sms-budget.ts";
import { now, stopwatch } from "../../kernel/clock.ts";
import { poolLoad } from "../../platform/database/pool-load.ts";
import type { Instruments } from "./instruments.ts";

type Stop = () => void;

const NONE = {} as const;

/** What is read of this process at each scrape. */
export function readProcess(instruments: Instruments, live: () => number): Stop {
  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  const startedAt = now().getTime() / 1_000 - process.uptime();
  const version = manifest.version;
  const heap = () => process.memoryUsage().heapUsed;
  instruments.read("vestibule_event_loop_delay_seconds", () => {
    const points = [50, 99, 100].map((percent) => ({
      labels: { quantile: String(percent / 100) },
      value: loop.percentile(percent) / 1e9,
    }));
    loop.reset();
    return points;
  });
  instruments.read("vestibule_processes", () => [{ labels: NONE, value: live() }]);
  instruments.read("vestibule_build_info", () => [{ labels: { version }, value: 1 }]);
  instruments.read("process_cpu_seconds_total", () => {
    const { user, system } = process.cpuUsage();
    return [{ labels: NONE, value: (user + system) / 1e6 }];
  });
  instruments.read("process_resident_memory_bytes", () => [
    { labels: NONE, value: process.memoryUsage.rss() },
  ]);
  instruments.read("process_start_time_seconds", () => [{ labels: NONE, value: startedAt }]);
  instruments.read("nodejs_heap_used_bytes", () => [{ labels: NONE, value: heap() }]);
  return () => {
    loop.disable();
  };
}

/** What waits in this process: for a connection, or for a thread that hashes. */
export function readLoads(instruments: Instruments): void {
  instruments.read("vestibule_pool_connections", () =>
    poolLoad.read().flatMap(({ pool, used, idle }) => [
      { labels: { pool, state: "used" }, value: used },
      { labels: { pool, state: "idle" }, value: idle },
    ]),
  );
  instruments.read("vestibule_pool_size", () =>
    poolLoad.read().map(({ pool, size }) => ({ labels: { pool }, value: size })),
  );
  instruments.read("vestibule_pool_waiting", () =>
    poolLoad.read().map(({ pool, waiting }) => ({ labels: { pool }, value: waiting })),
  );
  const sum = (key: "running" | "waiting") => hashLoad.read().reduce((total, load) => total + load[key], 0);
  instruments.read("vestibule_hashes_running", () => [{ labels: NONE, value: sum("running") }]);
  instruments.read("vestibule_hashes_waiting", () => [{ labels: NONE, value: sum("waiting") }]);
}

const HOUR_MS = 60 * 60_000;

/** More offices than these do not fit into a scrape. */
const MOST_OFFICES = 1_000;

/** How much of their text messages offices have used. */
export function readBudgets(instruments: Instruments, { namesOffices }: { namesOffices: boolean }): Stop {
  const used = new Map<string, { readonly share: number; readonly at: number }>();
  instruments.read("vestibule_sms_budget_used_ratio", () => {
    const points = [...used].map(([officeId, { share, at }]) => ({
      labels: NONE,
      value: stopwatch() - at < HOUR_MS ? share : 0,
      officeId,
    }));
    return namesOffices
      ? points
      : [{ labels: NONE, value: Math.max(0, ...points.map(({ value }) => value)) }];
  });
  return smsBudgetUsed.watch(({ officeId, sent, budget }) => {
    used.delete(officeId);
    used.set(officeId, { share: budget === 0 ? 1 : sent / budget, at: stopwatch() });
    const [oldest] = used.keys();
    if (used.size > MOST_OFFICES && oldest !== undefined) {
      used.delete(oldest);
    }
  });
}

/** Which chains of the audit log were verified, and found broken. */
export function readChains(instruments: Instruments): Stop {
  const broken = new Set<string | null>();
  instruments.read("vestibule_audit_chains_broken", () => [{ labels: NONE, value: broken.size }]);
  return chainVerified.watch(({ officeId, isWhole }) => {
    instruments.count("vestibule_audit_chains_verified_total", NONE);
    if (isWhole) {
      broken.delete(officeId);
    } else {
      broken.add(officeId);
    }
  });
}
