import { foldOfficeCode, SUPPORT_OFFICE_CODE } from "../../domain/offices/office.ts";
import { foldUsername } from "../../domain/users/username.ts";
import { OperatorError } from "../../kernel/errors.ts";
import type { Services } from "../../server/wiring/services.ts";
import { notDone } from "../refusal.ts";
import { deletingWebhook, stillThere } from "./prune-webhook.ts";
import { ACTOR, OPERATOR } from "../with-services.ts";
import { officeOf, step, type Group, type Step } from "./plan.ts";
import type { Site } from "./site-schema.ts";

const NAMED =
  /^(office:(?<office>[^/]+)|application:(?<application>app_[\w-]+)|(?<kind>user|webhook):(?<code>[^/]+)\/(?<name>.+)|platform-webhook:(?<platform>.+))$/;

/** What is removed: only what is named, and nothing that the file has. What is gone already takes no step. */
export async function planPruning(
  services: Services,
  site: Site,
  names: readonly string[],
): Promise<readonly Group[]> {
  const groups: Group[] = [];
  for (const name of names) {
    const group = await groupOf(services, site, name);
    groups.push(...(group === null ? [] : [group]));
  }
  return groups;
}

/** Null for what is gone already. Throws an OperatorError for a name of nothing that can be removed. */
function groupOf(services: Services, site: Site, typed: string): Promise<Group | null> {
  const { office, application, kind, code = "", name = "", platform } = NAMED.exec(typed)?.groups ?? {};
  if (office !== undefined) {
    return closing(services, site, office);
  }
  if (application !== undefined) {
    return deletingApplication(services, site, application);
  }
  if (platform !== undefined) {
    return deletingWebhook(services, site, { typed, code: null, name: platform });
  }
  if (kind === "user") {
    return deletingUser(services, site, { code, username: name });
  }
  if (kind === "webhook") {
    return deletingWebhook(services, site, { typed, code: foldOfficeCode(code), name });
  }
  throw new OperatorError(
    `--prune ${typed}: must be office:CODE, application:CLIENT-ID, webhook:CODE/NAME, platform-webhook:NAME or user:CODE/USERNAME.`,
  );
}

/** An office is closed, and deleted with everything in it after VESTIBULE_CLOSED_OFFICE_DAYS. */
async function closing({ offices }: Services, site: Site, typed: string): Promise<Group | null> {
  const code = foldOfficeCode(typed);
  if (site.offices.some((entry) => entry.code === code)) {
    stillThere(`office:${typed}`);
  }
  const office = await offices.findByCode(code);
  if (office === null || office.status === "closed") {
    return null;
  }
  if (code === SUPPORT_OFFICE_CODE) {
    throw new OperatorError("The office of the platform's own staff stays open; disable its users instead.");
  }
  const fields = [{ field: "status", before: "open", after: "closed" }];
  const close = step({ what: "remove", subject: `office ${code}`, fields }, async (target) => {
    const { type } = await target.domain.administration.settings.close(officeOf(target), OPERATOR);
    if (type !== "changed" && type !== "unchanged") {
      throw new OperatorError("The office was changed in the meantime: look again, then try again.");
    }
  });
  return { title: `office ${code}`, scope: "office", office, steps: [close] };
}

async function deletingApplication(
  { applications, offices }: Services,
  site: Site,
  id: string,
): Promise<Group | null> {
  const found = await applications.find(id);
  if (found === null) {
    return null;
  }
  const office = found.officeId === null ? null : await offices.find(found.officeId);
  const listed =
    office === null ? site.applications : site.offices.find(({ code }) => code === office.code)?.applications;
  if (listed?.some((entry) => (entry.id ?? id) === id && entry.name === found.name) === true) {
    stillThere(`application:${id}`);
  }
  const remove = step(
    { what: "remove", subject: `application ${found.name} (${id})`, fields: [] },
    ({ domain }) => domain.applicationShutdown.delete(found, ACTOR),
  );
  return office === null
    ? { title: "applications of every office", scope: "no-office", office, steps: [remove] }
    : { title: `office ${office.code}`, scope: "office", office, steps: [remove] };
}

interface Named {
  readonly code: string;
  readonly username: string;
}

async function deletingUser(
  { offices, users }: Services,
  site: Site,
  { code: typed, username }: Named,
): Promise<Group | null> {
  const code = foldOfficeCode(typed);
  const listed = site.offices.find((entry) => entry.code === code)?.users ?? [];
  if (listed.some((entry) => foldUsername(entry.username) === foldUsername(username))) {
    stillThere(`user:${typed}/${username}`);
  }
  const office = await offices.findByCode(code);
  const user = office === null ? null : await users.findByUsername(office.id, username);
  if (office === null || user === null) {
    return null;
  }
  const remove: Step = step(
    { what: "remove", subject: `user ${user.username}`, fields: [] },
    async ({ domain }) => {
      const { type } = await domain.administration.users.delete(user, { by: OPERATOR, reason: "other" });
      if (type !== "deleted") {
        throw notDone(user, type);
      }
    },
  );
  return { title: `office ${code}`, scope: "office", office, steps: [remove] };
}
