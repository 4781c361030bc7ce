import { readFileSync } from "node:fs";
import { logoFile, logoMark } from "../../domain/offices/logo-address.ts";
import { newOfficeSchema, type Office } from "../../domain/offices/office.ts";
import { withSettings, type OfficeSettings } from "../../domain/offices/office-settings.ts";
import type { SettingsResult } from "../../domain/offices/office-settings-service.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { readImage } from "../../platform/images/read-image.ts";
import { IMAGE_FAULTS } from "../office-logo.ts";
import { ACTOR, OPERATOR } from "../with-services.ts";
import { planApplications } from "./plan-applications.ts";
import { planUsers } from "./plan-users.ts";
import { planWebhooks } from "./plan-webhooks.ts";
import { fieldsOf, officeOf, type Group, type Planning, type Step, type Target } from "./plan.ts";
import { shownOffice } from "./shown-office.ts";
import type { Path } from "./site-file.ts";
import type { OfficeEntry } from "./site-schema.ts";

/** What of an entry is a setting of the office, as its service takes it. */
function settingsOf(entry: OfficeEntry): Omit<OfficeSettings, "version"> {
  const { code: _, status: __, logo: ___, ...rest } = entry;
  const { applications: ____, webhooks: _____, users: ______, ...settings } = rest;
  return settings;
}

/** The steps that make an office as its entry says. */
export async function planOffice(planning: Planning, entry: OfficeEntry, path: Path): Promise<Group> {
  const { services, references } = planning;
  const office = await services.offices.findByCode(entry.code);
  if (office?.isPurged === true) {
    references.add([...path, "code"], "this office was deleted, and its code is not used again");
  }
  const steps = [
    ...(office === null ? adding(planning, entry, path) : changing(office, entry)),
    ...statusStep(entry, office, "open"),
    ...(await logoSteps(planning, { office, entry, path })),
    ...(await planApplications(planning, { office, entries: entry.applications ?? [] }, [
      ...path,
      "applications",
    ])),
    ...(await planWebhooks(planning, { office, entries: entry.webhooks ?? [] }, [...path, "webhooks"])),
    ...(await planUsers(planning, { office, entries: entry.users ?? [] }, [...path, "users"])),
    ...statusStep(entry, office, "closed"),
  ];
  return { title: `office ${entry.code}`, scope: "office", office, steps };
}

const NEW_FIELDS = ["name", "language", "accent", "timeZone", "sessionMinutes"] as const;

function adding({ references }: Planning, entry: OfficeEntry, path: Path): readonly Step[] {
  const settings = settingsOf(entry);
  const given = Object.fromEntries(
    NEW_FIELDS.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])),
  );
  const draft = newOfficeSchema.safeParse({ ...given, code: entry.code });
  if (!draft.success) {
    references.add(path, "a new office needs a name");
    return [];
  }
  const subject = `office ${entry.code}`;
  const run = async ({ domain }: Target): Promise<Office> => {
    const id = await domain.officeService.add(draft.data, ACTOR);
    const added = await domain.offices.find(id);
    if (added === null) {
      throw new Error("The office that was just made is not there.");
    }
    return settled(
      await domain.administration.settings.change(added, { ...settings, version: added.version }, OPERATOR),
      added,
    );
  };
  return [{ change: { what: "add", subject, fields: fieldsOf({}, shownOf(settings)) }, run }];
}

/** As the file has them: the names of fields are the same. */
const shownOf = (settings: Omit<OfficeSettings, "version">): Readonly<Record<string, unknown>> => ({
  ...settings,
});

function changing(office: Office, entry: OfficeEntry): readonly Step[] {
  const settings = settingsOf(entry);
  const wanted = withSettings(office, { ...settings, version: office.version });
  const fields = fieldsOf(shownOffice(office), shownOffice(wanted));
  const run = async ({ domain }: Target): Promise<Office> =>
    settled(
      await domain.administration.settings.change(office, { ...settings, version: office.version }, OPERATOR),
      office,
    );
  return fields.length === 0
    ? []
    : [{ change: { what: "change", subject: `office ${entry.code}`, fields }, run }];
}

/** Opening comes before what is in the office, closing after it. */
function statusStep(
  { code, status }: OfficeEntry,
  office: Office | null,
  when: Office["status"],
): readonly Step[] {
  const before = office?.status ?? "open";
  if (status !== when || status === before) {
    return [];
  }
  const fields = [{ field: "status", before, after: status }];
  const run = async (target: Target): Promise<Office> => {
    const { settings } = target.domain.administration;
    const found = officeOf(target);
    return settled(
      await (status === "closed" ? settings.close(found, OPERATOR) : settings.open(found, OPERATOR)),
      found,
    );
  };
  return [{ change: { what: "change", subject: `office ${code}`, fields }, run }];
}

interface LogoOf {
  readonly office: Office | null;
  readonly entry: OfficeEntry;
  readonly path: Path;
}

async function logoSteps(
  { references }: Planning,
  { office, entry: { code, logo }, path }: LogoOf,
): Promise<readonly Step[]> {
  const before = office?.branding.logoUrl ?? null;
  const change = (after: unknown) =>
    ({ what: "change", subject: `office ${code}`, fields: [{ field: "logo", before, after }] }) as const;
  if (logo === undefined || (logo === null && before === null)) {
    return [];
  }
  if (logo === null) {
    const run = async (target: Target): Promise<Office> => {
      const found = officeOf(target);
      return settled(await target.domain.administration.logos.remove(found, OPERATOR), found);
    };
    return [{ change: change(null), run }];
  }
  const read = await readImage(bytesOf(references.placeOf(logo)));
  if (read.type !== "image") {
    references.add([...path, "logo"], `the picture ${IMAGE_FAULTS[read.type]}`);
    return [];
  }
  const { image } = read;
  if (before?.endsWith(`/${logoFile(logoMark(image), image.type)}`) === true) {
    return [];
  }
  const run = async (target: Target): Promise<Office> => {
    const found = officeOf(target);
    return settled(await target.domain.administration.logos.use(found, image, OPERATOR), found);
  };
  return [{ change: change(logo), run }];
}

/** Empty for a file that cannot be read, which is no picture either. */
function bytesOf(place: string): Buffer {
  try {
    return readFileSync(place);
  } catch {
    return Buffer.alloc(0);
  }
}

/** The office after a change. Throws an OperatorError for one that its service has refused. */
function settled(result: SettingsResult | { readonly type: "gone" }, before: Office): Office {
  switch (result.type) {
    case "changed":
      return result.office;
    case "unchanged":
      return before;
    case "conflict":
    case "gone":
      throw new OperatorError("It was changed in the meantime: look again, then try again.");
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
    case "no-own-factor":
    case "no-resistant-method":
    case "staff-rule":
      throw new OperatorError("The office cannot be changed so.");
  }
}
