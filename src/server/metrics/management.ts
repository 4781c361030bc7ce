import type { Stoppable } from "../../platform/processes/clock-watch.ts";
import { memberMetrics } from "../../platform/processes/member-metrics.ts";
import { mergeMetrics } from "../../platform/processes/merge-metrics.ts";
import type { Health } from "../../platform/web/health.ts";
import { ManagementListener } from "../../platform/web/management-listener.ts";
import type { Services } from "../wiring/services.ts";
import { ChainPatrol } from "./chain-patrol.ts";
import { DatabaseFigures } from "./database-figures.ts";
import { Instruments } from "./instruments.ts";
import { readFigures } from "./read-figures.ts";
import { readBudgets, readChains, readLoads, readProcess } from "./read-metrics.ts";
import { RecentLockouts } from "./recent-lockouts.ts";
import { ScrapeReader } from "./scrape-reader.ts";
import { watchRequests, watchWork } from "./watch-requests.ts";
import { watchAudit, watchSignIns } from "./watch-sign-ins.ts";

const TEXT = "text/plain; version=0.0.4; charset=utf-8";

/** What is shown beside what is counted. */
export interface ManagementOptions {
  readonly health: Pick<Health, "answer">;
  readonly live: () => number;
  /** Whether this process reads what the database has: one of each server does, and no worker. */
  readonly readsDatabase: boolean;
}

/** Measures this process from now on, and serves it on the management port. */
export async function startManagement(
  services: Services,
  at: { readonly host: string; readonly port: number },
  options: ManagementOptions,
): Promise<Stoppable> {
  const reader = new ScrapeReader();
  const { refresh, stops } = measure(services, reader, options);
  const collect = async () => {
    await refresh();
    return reader.collect();
  };
  const member = services.settings.share.of > 1 ? memberMetrics(collect) : null;
  const scrape = async () => {
    const own = await collect();
    const others = (await member?.ofOthers(own)) ?? [];
    return { type: TEXT, text: reader.textOf(mergeMetrics([own, ...others])) };
  };
  const listener = new ManagementListener({ health: options.health, metrics: shared(scrape) });
  await listener.listen(at.host, at.port);
  return {
    stop: async () => {
      member?.leave(await reader.collect());
      stops.forEach((stop) => {
        stop();
      });
      await listener.close();
      await reader.stop();
    },
  };
}

interface Measuring {
  /** Looks at the database where it is time to. */
  readonly refresh: () => Promise<void>;
  readonly stops: readonly (() => void)[];
}

function measure(
  services: Services,
  reader: ScrapeReader,
  { live, readsDatabase }: ManagementOptions,
): Measuring {
  const { settings } = services;
  const { namesOffices } = settings.management;
  const instruments = new Instruments(reader.meter, { namesOffices });
  const recent = new RecentLockouts();
  instruments.startAtZero();
  readLoads(instruments);
  const stops = [
    ...watchRequests(instruments),
    ...watchWork(instruments),
    ...watchSignIns(instruments, recent),
    ...watchAudit(instruments, recent),
    readProcess(instruments, live),
    readBudgets(instruments, { namesOffices }),
    readChains(instruments),
  ];
  if (!readsDatabase) {
    return { refresh: () => Promise.resolve(), stops };
  }
  const figures = figuresOf(services, recent);
  readFigures(instruments, figures, { keyDays: settings.lifetimes.signingKeyDays });
  return { refresh: () => figures.refresh(), stops };
}

const figuresOf = (services: Services, recent: RecentLockouts): DatabaseFigures =>
  new DatabaseFigures({
    ...{ database: services.database, offices: services.offices, recent },
    lockouts: services.stores.lockouts,
    signingKeys: services.signingKeys,
    patrol: new ChainPatrol({ chains: services.auditLog.verification, offices: services.offices }),
  });

/** Those who ask at the same time get the same answer. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () =>
    (running ??= work().finally(() => {
      running = null;
    }));
}
