import { z } from "zod";
import type { ActingApplication } from "../../domain/access/actor.ts";
import { hasSecret, type Application } from "../../domain/applications/application.ts";
import { secretOfBytes } from "../../domain/applications/application-secret.ts";
import type { NewApplication } from "../../domain/applications/application.ts";
import { versionOfApplication, isOutOfReach } from "../../domain/applications/application-version.ts";
import type { Office } from "../../domain/offices/office.ts";
import { OperatorError, PageError } from "../../kernel/errors.ts";
import { typedSearch } from "../../kernel/typed-text/typed-text.ts";
import type { ApiServices } from "../api-services.ts";
import { readAs } from "../fields.ts";
import { pageOf, pageQuery, searchText } from "../listing.ts";
import { operation, requirePermission, type Call, type Operation, type Result } from "../operation.ts";
import { APPLICATION, OFFICE, PLATFORM } from "../places.ts";
import { Problem } from "../problem.ts";
import { addedBefore } from "./added-application.ts";
import {
  applicationBody,
  applicationChanges,
  applicationDraft,
  applicationResult,
  applicationSchema,
  draftOf,
  shownSecret,
} from "./application-body.ts";
import { isNamed } from "./version.ts";

const listQuery = z.strictObject({ ...pageQuery, search: searchText });
type ListQuery = z.output<typeof listQuery>;
type Body = z.output<typeof applicationDraft>;

/** Applications of an office or of the platform: listed, added, changed, disabled, deleted, and their secrets. */
export const applicationOperations: readonly Operation[] = [
  operation({
    ...{ name: "applications.list", method: "GET", place: OFFICE, path: "/applications" },
    action: "applications.see",
    about: "Lists the applications of an office by name.",
    query: listQuery,
    output: pageOf(applicationSchema),
    work: (services, { subject, query }) => list(services, subject.id, query),
  }),
  operation({
    ...{ name: "applications.add", method: "POST", place: OFFICE, path: "/applications" },
    action: "application.add",
    about: "Registers an application of an office; the answer has its secret.",
    body: applicationDraft,
    output: applicationSchema.extend({ secret: shownSecret }),
    ...{ makes: true, hasVersion: true },
    work: (services, call) => add(services, call, call.subject.id),
  }),
  operation({
    ...{ name: "platform-applications.list", method: "GET", place: PLATFORM, path: "/applications" },
    action: "applications.see",
    about: "Lists the applications that users of every office may use, by name.",
    query: listQuery,
    output: pageOf(applicationSchema),
    work: (services, { query }) => list(services, null, query),
  }),
  operation({
    ...{ name: "platform-applications.add", method: "POST", place: PLATFORM, path: "/applications" },
    action: "application.add",
    about: "Registers an application for the users of every office; the answer has its secret.",
    body: applicationDraft,
    output: applicationSchema.extend({ secret: shownSecret }),
    ...{ makes: true, hasVersion: true },
    work: (services, call) => add(services, call, null),
  }),
  operation({
    ...{ name: "applications.get", method: "GET", place: APPLICATION, action: "applications.see" },
    about: "Reads an application.",
    output: applicationSchema,
    hasVersion: true,
    work: (_services, { subject }) => Promise.resolve(applicationResult(subject)),
  }),
  operation({
    ...{ name: "applications.change", method: "PATCH", place: APPLICATION, action: "application.change" },
    about:
      "Changes an application; what is left out stays. Redirect URIs need `applications:secrets` as well.",
    body: applicationChanges,
    output: applicationSchema,
    ...{ takesVersion: true, hasVersion: true },
    work: change,
  }),
  operation({
    ...{ name: "applications.delete", method: "DELETE", place: APPLICATION, action: "application.delete" },
    about: "Deletes an application for good.",
    work: async ({ applications }, { by, subject }) => {
      requireReach(by, subject);
      await applications.shutdown.delete(subject, by.id);
      return { body: null };
    },
  }),
  ...(["disable", "enable"] as const).map((what) =>
    operation({
      ...{ name: `applications.${what}`, method: "POST", place: APPLICATION, path: `/${what}` },
      action: "application.disable",
      about: what === "disable" ? "Refuses every request and token of an application." : "Takes them again.",
      output: applicationSchema,
      hasVersion: true,
      work: async ({ applications }, { by, subject }) => {
        requireReach(by, subject);
        await applications.shutdown[what](subject, by.id);
        return applicationResult({ ...subject, isDisabled: what === "disable" });
      },
    }),
  ),
  operation({
    ...{ name: "applications.rotate-secret", method: "POST", place: APPLICATION, path: "/rotate-secret" },
    action: "application.rotate-secret",
    about: "Replaces the secret of an application; the old one stays valid for `overlapHours`.",
    body: z.strictObject({ overlapHours: z.int().min(0).max(168).default(0) }),
    output: z.strictObject({ secret: shownSecret }),
    work: async ({ applications }, { by, subject, attempt, body: { overlapHours } }) => {
      requireReach(by, subject);
      if (!hasSecret(subject)) {
        throw new Problem("not-possible-now", { detail: "this application has no secret" });
      }
      const change = { actor: by.id, overlapHours, secret: secretOfBytes(attempt.seed) };
      const made = await applications.service.changeSecret(subject, change).catch(overtaken);
      return { body: { secret: made.reveal() } };
    },
  }),
];

async function list(
  { applications, cursors }: ApiServices,
  officeId: string | null,
  { search, size, after }: ListQuery,
): Promise<Result<z.input<ReturnType<typeof pageOf<typeof applicationSchema>>>>> {
  const scope = { officeId: officeId ?? "", query: JSON.stringify(["applications", search]) };
  const cursor = after === null ? ["", ""] : cursors.open(after, scope);
  if (cursor === null) {
    throw new PageError("request");
  }
  const [name = "", last = ""] = cursor;
  const asked = { after: [name, last], limit: size + 1, search: typedSearch(search) } as const;
  const found = await applications.store.ofOffice(officeId, asked);
  const items = found.slice(0, size);
  const end = found.length > size ? items.at(-1) : undefined;
  const next = end === undefined ? null : cursors.seal([end.name, end.id], scope);
  return { body: { items: items.map(applicationBody), next } };
}

async function add(
  services: ApiServices,
  { by, body, attempt }: Call<Office | null, unknown, Body>,
  officeId: string | null,
): Promise<Result<z.input<typeof applicationSchema> & { secret: string | null }>> {
  const { service } = services.applications;
  const wanted = readAs(service.schema, body);
  const secret = secretOfBytes(attempt.seed);
  const asked = { officeId, actor: by.id, attempt: attempt.token, secret };
  const added =
    (await service.addOnce(wanted, asked).catch(refused)) ?? (await addedBefore(services, officeId, attempt));
  if (added === null) {
    throw new Problem("not-possible-now", { detail: "this request has added it", wasDone: true });
  }
  const { body: made, version } = applicationResult(added.application);
  return {
    body: { ...made, secret: added.secret?.reveal() ?? null },
    ...(version === undefined ? {} : { version }),
    location: `/applications/${added.application.id}`,
  };
}

async function change(
  { applications: { service } }: ApiServices,
  { by, subject, body, versions }: Call<Application, unknown, Readonly<Record<string, unknown>>>,
): Promise<Result<z.input<typeof applicationSchema>>> {
  requireReach(by, subject);
  if (!isNamed(versions, versionOfApplication(subject))) {
    throw new Problem("stale-version");
  }
  const wanted: NewApplication = readAs(service.schema, { ...draftOf(subject), ...body });
  if (JSON.stringify(wanted.redirectUris) !== JSON.stringify(subject.redirectUris)) {
    // Codes go there, and with them the sign-ins of all users.
    requirePermission(by, "application.rotate-secret", { officeId: subject.officeId, user: null });
  }
  return applicationResult(await service.changeNewest(subject, wanted, by.id).catch(refused));
}

/** No application changes what another may do here, by its secret or its keys. */
function requireReach(by: ActingApplication, subject: Application): void {
  if (isOutOfReach(by, subject)) {
    throw new Problem("not-permitted", {
      detail: "applications of this API are changed by the operator alone",
    });
  }
}

function refused(error: unknown): never {
  if (error instanceof OperatorError) {
    throw new Problem("not-possible-now", { detail: error.message, cause: error });
  }
  throw error;
}

function overtaken(error: unknown): never {
  throw error instanceof OperatorError ? new Problem("stale-version", { cause: error }) : error;
}
