import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { newApplicationSchema } from "../src/domain/applications/application.ts";
import type { Services } from "../src/server/wiring/services.ts";
import { markDemo } from "../src/platform/database/demo-marks.ts";
import { OperatorError } from "../src/kernel/errors.ts";
import { SUPPORT_OFFICE_CODE } from "../src/domain/offices/office.ts";
import {
  DEMO_OFFICE,
  DEMO_PASSWORD,
  DEMO_SUPPORT,
  DEMO_USERS,
  makeDemoOffices,
  PASSKEY_OFFICE,
  PLAIN_OFFICE,
} from "./demo-office.ts";
import { DEMO_TOTP_KEY } from "./demo-states.ts";
import { startDemoWebApplication } from "./web-application.ts";
import { demoWebAddresses } from "./web-desk.ts";

const fileSchema = z.object({ webId: z.string(), webSecret: z.string(), mobileId: z.string() });
type DemoFile = z.output<typeof fileSchema>;

export interface RunningDemo {
  /** Where everything is and what to type. */
  readonly greeting: string;
  close(): Promise<void>;
}

/** Makes the demo office on first start, and runs the demo web application beside Vestibule. */
export async function startDemo(services: Services): Promise<RunningDemo> {
  const { settings } = services;
  await makeDemoOffices(services);
  const applications = await demoApplications(services);
  const web = await startWeb(settings.issuer, settings.demo.port, applications);
  return { greeting: greeting(services, web.url, applications), close: () => web.close() };
}

async function startWeb(issuer: string, port: number, { webId, webSecret }: DemoFile) {
  try {
    return await startDemoWebApplication({ issuer, clientId: webId, clientSecret: webSecret, port });
  } catch (error) {
    throw new OperatorError(
      `Port ${String(port)} for the demo application is in use; set VESTIBULE_DEMO_PORT, or VESTIBULE_DEMO=no.`,
      { cause: error },
    );
  }
}

/** Registers both demo applications, and follows the port when it was changed. Their secret stands beside the data. */
async function demoApplications(services: Services): Promise<DemoFile> {
  const { settings, applications, applicationService } = services;
  const file = join(settings.dataDir, "demo.json");
  const addresses = demoWebAddresses(settings.demo.port);
  const web = newApplicationSchema.parse({
    name: "Demo web application",
    type: "web",
    firstParty: true,
    redirectUris: [addresses.redirectUri],
    postLogoutRedirectUris: [addresses.postLogoutRedirectUri],
    backchannelLogoutUri: addresses.backchannelLogoutUri,
    homeUrl: addresses.url,
  });
  const known = existsSync(file) ? fileSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : null;
  const registered = known === null ? null : await applications.find(known.webId);
  if (known !== null && registered !== null) {
    if (registered.homeUrl !== web.homeUrl) {
      await applicationService.change(registered, web, "vestibule");
    }
    return known;
  }
  const mobile = newApplicationSchema.parse({
    name: "Demo mobile application",
    type: "native",
    firstParty: true,
    redirectUris: ["http://127.0.0.1/callback"],
  });
  const [addedWeb, addedMobile] = [
    await applicationService.add(web, null, "vestibule", markDemo("application")),
    await applicationService.add(mobile, null, "vestibule", markDemo("application")),
  ];
  const made = {
    webId: addedWeb.application.id,
    webSecret: addedWeb.secret?.reveal() ?? "",
    mobileId: addedMobile.application.id,
  };
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  return made;
}

function greeting({ settings }: Services, webUrl: string, { mobileId }: DemoFile): string {
  const users = DEMO_USERS.map((user) => `    ${user.username.padEnd(8)} ${user.about}`);
  const key = DEMO_TOTP_KEY.replace(/(.{4})(?=.)/g, "$1 ");
  return [
    "",
    `  ${settings.productName} is running. Open the demo application and press "Sign in":`,
    "",
    `    Demo web application     ${webUrl}`,
    `    Demo mobile application  npx vestibule demo mobile`,
    `    Issuer                   ${settings.issuer}`,
    `    Outbox (mail and SMS)    ${settings.issuer}/outbox`,
    `    Office's deep link       ${settings.issuer}/o/${DEMO_OFFICE.code}`,
    `    Console                  ${settings.issuer}/console`,
    "",
    `  Office code ${DEMO_OFFICE.code}, password ${DEMO_PASSWORD}, and one of these usernames:`,
    "",
    ...users,
    "",
    `  Their authenticator key is ${key};`,
    `  without a phone, "npx vestibule demo code" prints the current code.`,
    `  In the console, chris runs the office ${DEMO_OFFICE.code}, bram sees its users, and ${DEMO_SUPPORT.username} of the office`,
    `  ${SUPPORT_OFFICE_CODE} (same password and key) sees every office.`,
    `  Office code ${PLAIN_OFFICE.code} with the username anna asks for the password alone;`,
    `  ${PASSKEY_OFFICE.code} accepts passkeys, which replace the password from then on.`,
    "",
    `  Data: ${settings.dataDir}   Mobile client id: ${mobileId}   Stop: Ctrl-C`,
    "",
  ].join("\n");
}
