import type { Queryable } from "../../platform/database/database.ts";
import { CSV_BOM, csvLines } from "../../kernel/csv/write-csv.ts";
import { daysAfter, now } from "../../kernel/clock.ts";
import { FACTOR_KINDS, factorText } from "../factors/factor.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Office } from "../offices/office.ts";
import { ZipFile } from "../../kernel/zip-file.ts";
import type { AuditType } from "./audit-event.ts";
import type { AuditPackStore, PackUser } from "./audit-pack-store.ts";
import type { AuditSealStore } from "./audit-seal-store.ts";
import type { ChainVerification } from "./chain-verification.ts";
import type { PackFacts, PackReport } from "./pack-report.ts";

interface Deps {
  readonly seals: Pick<AuditSealStore, "inSnapshot">;
  readonly store: AuditPackStore;
  readonly verification: ChainVerification;
  readonly report: PackReport;
}

const PAGE = 500;
const YEAR_DAYS = 365;

/** The auditor's pack of an office: its policy, each user's factors, a year of changes, and whether the log is intact. */
export class AuditPack {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Writes report.html, people.csv and changes.csv as one ZIP file, in chunks. */
  async write(office: Office, sink: (bytes: Buffer) => Promise<void>): Promise<PackFacts> {
    const { seals, verification, report } = this.#deps;
    const at = now();
    const t = report.translate(office);
    const zip = new ZipFile(sink, at);
    const chain = await verification.verify(office.id);
    const people: PackUser[] = [];
    const changes = new Map<AuditType, number>();
    await seals.inSnapshot(office.id, async (tx) => {
      await zip.add("people.csv", this.#usersAsCsv(tx, t, people));
      await zip.add("changes.csv", this.#changes(tx, { t, changes, since: daysAfter(at, -YEAR_DAYS) }));
    });
    const facts = { office, at, people, changes, chain };
    await zip.add("report.html", report.write(facts));
    await zip.end();
    return facts;
  }

  async *#usersAsCsv(tx: Queryable, t: Translate, people: PackUser[]): AsyncGenerator<string> {
    const headings = [
      ...["username", "name", "role", "status"].map((name) => t(`audit.pack.${name}`)),
      ...FACTOR_KINDS.map((kind) => t(factorText(kind, "since"))),
      t("audit.pack.codes"),
    ];
    yield CSV_BOM + csvLines([headings]);
    let page: readonly PackUser[];
    do {
      page = await this.#deps.store.users(tx, people.at(-1)?.key ?? "", PAGE);
      people.push(...page);
      yield csvLines(page.map(personCells));
    } while (page.length === PAGE);
  }

  async *#changes(
    tx: Queryable,
    { t, changes, since }: { t: Translate; changes: Map<AuditType, number>; since: Date },
  ): AsyncGenerator<string> {
    const headings = [
      "event",
      "at",
      "what",
      "outcome",
      "actor",
      "subject",
      "application",
      "address",
      "details",
    ];
    yield CSV_BOM + csvLines([headings.map((name) => t(`audit.pack.${name}`))]);
    let after: string | undefined = "0";
    while (after !== undefined) {
      const page = await this.#deps.store.changes(tx, { after, since, limit: PAGE });
      yield csvLines(
        page.map(({ id, at, type, outcome, actor, subject, application, address, details }) => {
          changes.set(type, (changes.get(type) ?? 0) + 1);
          const what = [t(`audit.type.${type}`), t(`audit.outcome.${outcome}`)];
          return [id, at, ...what, actor, subject ?? "", application ?? "", address ?? "", details];
        }),
      );
      after = page.at(-1)?.id;
    }
  }
}

const personCells = ({ username, name, role, status, since, codesLeft }: PackUser): string[] => [
  username,
  name,
  role,
  status,
  ...FACTOR_KINDS.map((kind) => since[kind] ?? ""),
  String(codesLeft),
];
