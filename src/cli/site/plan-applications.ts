import type { Application, NewApplication } from "../../domain/applications/application.ts";
import type { Office } from "../../domain/offices/office.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import type { Secret } from "../../kernel/secret.ts";
import { ACTOR } from "../with-services.ts";
import { fieldsOf, step, type Group, type Planning, type Step, type Target } from "./plan.ts";
import type { Path } from "./site-file.ts";
import { settingsOfEntry, type ApplicationEntry } from "./site-schema.ts";
import { draftOf, secretOf, shownApplication } from "./wanted-application.ts";

const LIMIT = 10_000;

interface Wanted {
  /** Whose applications they are; null also for an office that is to be added. */
  readonly office: Office | null;
  readonly entries: readonly ApplicationEntry[];
}

/** The steps for applications of every office. */
export const planPlatform = async (
  planning: Planning,
  entries: readonly ApplicationEntry[],
): Promise<Group> => ({
  ...{ title: "applications of every office", scope: "no-office", office: null },
  steps: await stepsOf(planning, { entries, found: await ofOffice(planning, null) }, ["applications"]),
});

/** The steps for the applications of one office. */
export async function planApplications(
  planning: Planning,
  { office, entries }: Wanted,
  path: Path,
): Promise<readonly Step[]> {
  const found = office === null || entries.length === 0 ? [] : await ofOffice(planning, office.id);
  return stepsOf(planning, { entries, found }, path);
}

const ofOffice = ({ services }: Planning, officeId: string | null): Promise<readonly Application[]> =>
  services.applications.ofOffice(officeId, { after: ["", ""], limit: LIMIT });

interface Compared {
  readonly entries: readonly ApplicationEntry[];
  readonly found: readonly Application[];
}

async function stepsOf(
  planning: Planning,
  { entries, found }: Compared,
  path: Path,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const meant = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    steps.push(...(await stepsOfOne(planning, { entry, found, meant, path: [...path, index] })));
  }
  return steps;
}

interface One {
  readonly entry: ApplicationEntry;
  readonly found: readonly Application[];
  /** The ids that entries before this one have meant. */
  readonly meant: Set<string>;
  readonly path: Path;
}

async function stepsOfOne(planning: Planning, { entry, found, meant, path }: One): Promise<readonly Step[]> {
  const { services, references } = planning;
  const same = found.filter(({ id, name }) =>
    entry.id === undefined ? name === entry.name : id === entry.id,
  );
  if (same.length > 1) {
    references.add(path, `several applications have the name ${entry.name}: give the id of one`);
    return [];
  }
  const [before = null] = same;
  if (before !== null && meant.has(before.id)) {
    references.add(path, "is the same application as another entry");
    return [];
  }
  if (before !== null) {
    meant.add(before.id);
  }
  if (before === null && entry.id !== undefined && (await services.applications.find(entry.id)) !== null) {
    references.add([...path, "id"], "this application is another office's");
    return [];
  }
  const draft = draftOf(planning, { entry, before, path });
  const secret = secretOf(planning, { entry, draft, path });
  if (draft === null) {
    return [];
  }
  return before === null
    ? [adding(entry, draft, secret), ...disabling(entry, null)]
    : [...changing(before, draft), ...replacing(planning, before, secret), ...disabling(entry, before)];
}

function adding(entry: ApplicationEntry, draft: NewApplication, given: Secret | null): Step {
  const subject = `application ${entry.name}`;
  const run = async ({ domain, office, made }: Target): Promise<void> => {
    const added = await domain.applicationService.addOnce(draft, {
      ...{ officeId: office?.id ?? null, actor: ACTOR },
      attempt: entry.id?.replace(/^app_/, "") ?? randomToken(15),
      ...(given && { secret: given }),
    });
    if (added === null) {
      throw new OperatorError(`There is an application ${entry.id ?? ""} already.`);
    }
    const { id, name } = added.application;
    made({ what: "application", name, id, secret: given === null ? (added.secret?.reveal() ?? null) : null });
  };
  return step({ what: "add", subject, fields: fieldsOf({}, settingsOfEntry(entry)) }, run);
}

function changing(before: Application, draft: NewApplication): readonly Step[] {
  const fields = fieldsOf(shownApplication(before), draft);
  const subject = `application ${before.name}`;
  return fields.length === 0
    ? []
    : [
        step({ what: "change", subject, fields }, ({ domain }) =>
          domain.applicationService.changeNewest(before, draft, ACTOR),
        ),
      ];
}

function replacing({ services }: Planning, before: Application, secret: Secret | null): readonly Step[] {
  if (secret === null || services.applicationService.isSecret(before, secret.reveal())) {
    return [];
  }
  const fields = [{ field: "secret", before: "another one", after: "the one that the file refers to" }];
  return [
    step({ what: "change", subject: `application ${before.name}`, fields }, ({ domain }) =>
      domain.applicationService.changeSecret(before, { actor: ACTOR, secret }),
    ),
  ];
}

function disabling({ name, isDisabled }: ApplicationEntry, before: Application | null): readonly Step[] {
  const was = before?.isDisabled ?? false;
  if (isDisabled === undefined || isDisabled === was) {
    return [];
  }
  const fields = [{ field: "isDisabled", before: was, after: isDisabled }];
  return [
    step({ what: "change", subject: `application ${name}`, fields }, async ({ domain, office }) => {
      const found = before ?? (await ofTarget(domain.applications, office?.id ?? null, name));
      await domain.applicationShutdown[isDisabled ? "disable" : "enable"](found, ACTOR);
    }),
  ];
}

/** The application of this name that the same group has added. */
async function ofTarget(
  applications: Planning["services"]["applications"],
  officeId: string | null,
  name: string,
): Promise<Application> {
  const found = (await applications.ofOffice(officeId, { after: ["", ""], limit: LIMIT })).find(
    (application) => application.name === name,
  );
  if (found === undefined) {
    throw new Error("The application that was just added is not there.");
  }
  return found;
}
