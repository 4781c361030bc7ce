import { localDay } from "../../kernel/time-zone.ts";
import { dateTimeWithSeconds } from "../../kernel/date-format.ts";
import type nunjucks from "nunjucks";
import { openViews } from "../../platform/web/views.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Office } from "../offices/office.ts";
import { FACTOR_KINDS, factorText } from "../factors/factor.ts";
import type { AuditType } from "./audit-event.ts";
import type { PackUser } from "./audit-pack-store.ts";
import type { ChainReport } from "./chain-verification.ts";

/** The contents of a pack. */
export interface PackFacts {
  readonly office: Office;
  readonly at: Date;
  readonly people: readonly PackUser[];
  /** How often each kind of change happened. */
  readonly changes: ReadonlyMap<AuditType, number>;
  readonly chain: ChainReport;
}

interface Deps {
  readonly texts: { in(language: string): Translate };
  readonly productName: string;
  /** How many days events are kept. */
  readonly days: number;
}

/** The report of an auditor's pack: one self-contained file to read, print and keep. */
export class PackReport {
  readonly #deps: Deps;
  readonly #environment: nunjucks.Environment;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#environment = openViews();
  }

  /** In the office's language. */
  translate({ language }: Office): Translate {
    return this.#deps.texts.in(language);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a file of a pack comes in pieces; this one is a single one
  async *write(facts: PackFacts): AsyncGenerator<string> {
    const { office, at, people, changes, chain } = facts;
    const t = this.translate(office);
    const active = people.filter(({ status }) => status === "active");
    const protectedBySecond = active.filter(({ since }) => FACTOR_KINDS.some((kind) => since[kind] !== null));
    const { fault, head } = chain;
    yield this.#environment.render("audit/pack.njk", {
      t,
      office,
      product: this.#deps.productName,
      at: dateTimeWithSeconds(at, { language: office.language, zone: { name: office.zone, isNamed: true } }),
      from: dayIn(office, office.secondFactor.from),
      resistantFrom: dayIn(office, office.phishingResistance.from),
      methods: office.secondFactor.methods.map((kind) => t(factorText(kind, "label"))).join(", "),
      days: this.#deps.days,
      people,
      kinds: FACTOR_KINDS.map((kind) => ({ kind, heading: t(factorText(kind, "since")) })),
      coverage: t("audit.pack.coverage", { with: protectedBySecond.length, all: active.length }),
      changes: [...changes].map(([type, count]) => ({ what: t(`audit.type.${type}`), count })),
      chain,
      head: `${String(head.position)}:${head.hash}`,
      verdict:
        fault === null
          ? t("audit.pack.whole", { checked: chain.checked })
          : t("audit.pack.broken", {
              kind: fault.kind,
              position: fault.position ?? "–",
              event: fault.eventId ?? "–",
            }),
    });
  }
}

const dayIn = ({ zone }: Office, day: Date | null): string | null =>
  day === null ? null : localDay(day, zone);
