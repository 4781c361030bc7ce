import type { Command } from "commander";
import type { Application } from "../domain/applications/application.ts";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Answer } from "./answer.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

/** Takes applications out of service, and back. */
export function addAppShutdown(noun: Command): void {
  addVerb(noun, {
    usage: "disable <id>",
    about:
      "refuse every request and token of an application at once; sessions of users stay, and it can be enabled again",
    examples: ["app disable app_x1y2…"],
  }).action(answering(withServices(disable)));
  addVerb(noun, {
    usage: "enable <id>",
    about: "let a disabled application work again; its tokens that have not expired work as well",
    examples: ["app enable app_x1y2…"],
  }).action(answering(withServices(enable)));
  addVerb(noun, {
    usage: "delete <id>",
    about: "delete an application with its secret and settings, for good; it cannot be undone",
    examples: ["app delete app_x1y2…"],
  }).action(answering(withServices(remove)));
}

async function disable(services: Services, id: string): Promise<Answer> {
  const application = await getStored(services, id);
  const isDone = await services.applicationShutdown.disable(application, ACTOR);
  return answerOf(application, isDone ? "is disabled now" : "is disabled already");
}

async function enable(services: Services, id: string): Promise<Answer> {
  const application = await getStored(services, id);
  const isDone = await services.applicationShutdown.enable(application, ACTOR);
  return answerOf(application, isDone ? "works again" : "is not disabled");
}

async function remove(services: Services, id: string): Promise<Answer> {
  const application = await getStored(services, id);
  await services.applicationShutdown.delete(application, ACTOR);
  return answerOf(application, "was deleted");
}

const answerOf = ({ id, name }: Application, what: string): Answer => ({
  json: { clientId: id, name, what },
  text: `The application ${name} (${id}) ${what}.`,
});

/** Throws an OperatorError for an unknown one, and for those of Vestibule itself. */
async function getStored({ applications }: Services, id: string): Promise<Application> {
  const application = await applications.findStored(id);
  if (application === null) {
    throw new OperatorError(`There is no application ${id}. "npx vestibule app list" shows all of them.`);
  }
  return application;
}
