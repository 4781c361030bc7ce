import type { Application } from "../../domain/applications/application.ts";
import { PageError } from "../../kernel/errors.ts";
import type { OfficeContext } from "./page.ts";
import type { ConsoleDeps } from "./console-deps.ts";

/**
 * The application in the URL. Throws the same PageError "not-found" for an unknown one and for one of another office.
 */
export async function findApplication(
  { applications }: ConsoleDeps,
  { office, params }: OfficeContext,
): Promise<Application> {
  const application = await applications.findStored(params["application"] ?? "");
  if (application?.officeId !== office.id) {
    throw new PageError("not-found");
  }
  return application;
}
