import { reachesOffice } from "../domain/access/access.ts";
import { aboutOffice, aboutUser, type ActingApplication } from "../domain/access/actor.ts";
import type { WaitingApproval } from "../domain/access/approval-store.ts";
import type { Application } from "../domain/applications/application.ts";
import type { Office } from "../domain/offices/office.ts";
import type { Webhook } from "../domain/webhooks/webhook.ts";
import type { ImportRun } from "../domain/users/user-import-model.ts";
import type { User } from "../domain/users/user.ts";
import { UUID } from "../kernel/random.ts";
import type { ApiServices } from "./api-services.ts";
import type { Place } from "./operation.ts";

/** What belongs to no office. */
export const PLATFORM: Place<null> = {
  path: "",
  parameters: {},
  find: () => Promise.resolve({ subject: null, target: { officeId: null, user: null } }),
};

/** What the caller is bound to: its office, or the platform. */
export const CALLER: Place<null> = {
  path: "",
  parameters: {},
  find: (_, by) => Promise.resolve({ subject: null, target: { officeId: by.officeId, user: null } }),
};

export const OFFICE: Place<Office> = {
  path: "/offices/{office}",
  parameters: { office: "id of the office" },
  find: async (services, by, parameters) => {
    const office = await findOffice(services, by, parameters["office"] ?? "");
    return office === null ? null : { subject: office, target: aboutOffice(office) };
  },
};

/** A user, with the office. */
export interface OfficeUser {
  readonly office: Office;
  readonly user: User;
}

export const USER: Place<OfficeUser> = {
  path: "/offices/{office}/users/{user}",
  parameters: { office: "id of the office", user: "id of the user, which is the sub of tokens" },
  find: async (services, by, { office: officeId = "", user: id = "" }) => {
    const isReached = UUID.test(officeId) && UUID.test(id) && reachesOffice(by, officeId);
    const found = isReached ? await services.users.findWithOffice(officeId, id) : null;
    return found === null ? null : { subject: found, target: aboutUser(found.user) };
  },
};

/** A user, and one of the sessions, which may have ended. */
export interface UserSession extends OfficeUser {
  readonly session: string;
}

/** A file of users that was sent, with the office. */
export interface ImportSubject {
  readonly office: Office;
  readonly run: ImportRun;
}

export const SESSION: Place<UserSession> = {
  path: `${USER.path}/sessions/{session}`,
  parameters: { ...USER.parameters, session: "id of the session" },
  find: async (services, by, parameters) => {
    const found = await USER.find(services, by, parameters);
    const { session = "" } = parameters;
    return found === null ? null : { ...found, subject: { ...found.subject, session } };
  },
};

/** A user, and the word for one of the methods, which may be none of them. */
interface UserFactor extends OfficeUser {
  readonly factor: string;
}

export const FACTOR: Place<UserFactor> = {
  path: `${USER.path}/factors/{factor}`,
  parameters: { ...USER.parameters, factor: "a kind of factor, or the id of one of several" },
  find: async (services, by, parameters) => {
    const found = await USER.find(services, by, parameters);
    const { factor = "" } = parameters;
    return found === null ? null : { ...found, subject: { ...found.subject, factor } };
  },
};

export const APPROVAL: Place<WaitingApproval> = {
  path: "/offices/{office}/approvals/{approval}",
  parameters: { office: "id of the office", approval: "id of what waits for approval" },
  find: async (services, by, { office: officeId = "", approval: id = "" }) => {
    const office = await findOffice(services, by, officeId);
    const isKnown = office !== null && UUID.test(id);
    const found = isKnown ? await services.approvals.waiting.find({ id, officeId: office.id }) : null;
    const user = found && (await services.users.find(found.officeId, found.userId));
    return found === null || !user ? null : { subject: found, target: aboutUser(user) };
  },
};

export const IMPORT: Place<ImportSubject> = {
  path: "/offices/{office}/imports/{import}",
  parameters: { office: "id of the office", import: "id of the import" },
  find: async (services, by, { office: officeId = "", import: id = "" }) => {
    const office = await findOffice(services, by, officeId);
    const run = office !== null && UUID.test(id) ? await services.imports.importer.find(office.id, id) : null;
    return office === null || run === null ? null : { subject: { office, run }, target: aboutOffice(office) };
  },
};

export const APPLICATION: Place<Application> = {
  path: "/applications/{application}",
  parameters: { application: "client id of the application" },
  find: async ({ applications }, by, { application: id = "" }) => {
    const found = await applications.store.findStored(id);
    return found === null || !reaches(by, found.officeId)
      ? null
      : { subject: found, target: { officeId: found.officeId, user: null } };
  },
};

export const OFFICE_WEBHOOK: Place<Webhook> = {
  path: "/offices/{office}/webhooks/{webhook}",
  parameters: { office: "id of the office", webhook: "id of the webhook" },
  find: async (services, by, { office: officeId = "", webhook: id = "" }) => {
    const office = await findOffice(services, by, officeId);
    return office === null ? null : findWebhook(services, office.id, id);
  },
};

export const PLATFORM_WEBHOOK: Place<Webhook> = {
  path: "/webhooks/{webhook}",
  parameters: { webhook: "id of the webhook" },
  find: (services, by, { webhook: id = "" }) =>
    by.officeId === null ? findWebhook(services, null, id) : Promise.resolve(null),
};

async function findWebhook({ webhooks }: ApiServices, officeId: string | null, id: string) {
  const found = UUID.test(id) ? await webhooks.find(officeId, id) : null;
  return found === null ? null : { subject: found, target: { officeId, user: null } };
}

/** An application of an office is not there for one of another office, nor is one of no office. */
const reaches = (by: ActingApplication, officeId: string | null): boolean =>
  officeId === null ? by.officeId === null : reachesOffice(by, officeId);

/** Null for an office that the caller does not reach. */
export async function findOffice(
  { offices }: ApiServices,
  by: ActingApplication,
  id: string,
): Promise<Office | null> {
  return UUID.test(id) && reachesOffice(by, id) ? offices.store.find(id) : null;
}
