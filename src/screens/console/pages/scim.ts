import { permit } from "../../../domain/access/access.ts";
import { epochSeconds } from "../../../kernel/clock.ts";
import { dateTime } from "../../../kernel/date-format.ts";
import type { Secret } from "../../../kernel/secret.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { ConsoleDeps, ScimDeps } from "../console-deps.ts";
import { officeHref, type ConsoleOutcome, type OfficeContext, type OfficePage, type Shown } from "../page.ts";

const PATH = "/settings/directory";

/** The address of the page; null for a caller who may not open it. */
export const scimHref = ({ actor, target, office }: OfficeContext): string | null =>
  permit(actor, "scim.change", target) === "never" ? null : officeHref(office.code, PATH);

/** The token of the office's directory, when it was used, and what was refused lately. */
export const scimPage = ({ scim }: ConsoleDeps): OfficePage => ({
  name: "scim",
  about: "office",
  path: PATH,
  action: "scim.change",
  trail: ["settings"],
  show: (context) => shown(scim, context),
  submit: (context, fields) => submit(scim, context, fields),
});

interface Result {
  /** Shown once. */
  readonly token?: Secret;
  readonly isTested?: boolean;
}

async function shown(
  { tokens, refusals, address }: ScimDeps,
  context: OfficeContext,
  { token, isTested = false }: Result = {},
): Promise<Shown> {
  const { office, t } = context;
  const at = (date: Date) => dateTime(epochSeconds(date), context);
  const [kept, refused] = await Promise.all([tokens(office.id), refusals(office.id)]);
  return {
    view: "scim",
    model: {
      ...{ address, isTested, secret: token?.reveal() ?? null },
      values: { token: "" },
      seen: kept.find(({ endsAt }) => endsAt === null)?.madeAt.toISOString() ?? "",
      hasReplaced: kept.some(({ endsAt }) => endsAt !== null),
      tokens: kept.map(({ madeAt, endsAt, usedAt }) => ({
        made: at(madeAt).text,
        used: usedAt === null ? t("console.scim.never") : at(usedAt).text,
        ends: endsAt === null ? t("console.scim.current") : at(endsAt).text,
      })),
      refusals: refused.map((each) => ({ ...each, at: at(each.at) })),
    },
  };
}

async function submit(
  scim: ScimDeps,
  context: OfficeContext,
  { do: wanted = "", token = "", seen = "" }: Fields,
): Promise<ConsoleOutcome> {
  const { office, actor, t } = context;
  switch (wanted) {
    case "make": {
      const madeAt = new Date(seen);
      if (seen !== "" && Number.isNaN(madeAt.getTime())) {
        return fault(null, t("console.scim.unknown"));
      }
      const made = await scim.access.make(office, actor, { seen: seen === "" ? null : madeAt });
      if (made.type === "made") {
        return { type: "show", shown: await shown(scim, context, { token: made.token }) };
      }
      return made.type === "another"
        ? { type: "go", to: officeHref(office.code, PATH) }
        : fault(null, t("console.scim.unknown"));
    }
    case "end-replaced":
    case "end-all":
      await scim.access.end(office, wanted === "end-all" ? "all" : "replaced", actor);
      return { type: "done", to: officeHref(office.code, PATH) };
    case "test": {
      const directory = await scim.access.check(token.trim());
      return directory?.office.id === office.id
        ? { type: "show", shown: await shown(scim, context, { isTested: true }) }
        : fault("token", t("console.scim.wrong"));
    }
    default:
      return fault(null, t("console.scim.unknown"));
  }
}
