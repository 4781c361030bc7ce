import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEMO_PASSWORD, PLAIN_OFFICE } from "../../demo/demo-office.ts";
import { startVestibule, type TestVestibule } from "./vestibule.ts";
import { freePort } from "./free-port.ts";
import { useResource } from "./suite-resource.ts";

export interface TestDemo {
  readonly vestibule: TestVestibule;
  /** Where the demo web application is. */
  readonly url: string;
  /** Client id of the demo mobile application. */
  readonly mobileId: string;
}

/** A Vestibule with the demo office and its applications, as `npm start` gives them. */
export async function startDemo(environment: Record<string, string> = {}): Promise<TestDemo> {
  const port = String(await freePort());
  const vestibule = await startVestibule({
    VESTIBULE_DEMO: "yes",
    VESTIBULE_DEMO_PORT: port,
    ...environment,
  });
  const file = readFileSync(join(vestibule.settings.dataDir, "demo.json"), "utf8");
  const { mobileId } = JSON.parse(file) as { mobileId: string };
  return { vestibule, url: `http://127.0.0.1:${port}`, mobileId };
}

/** The demo for the tests of a suite. Call it inside `describe`. */
export function useDemo(environment: () => Record<string, string> = () => ({})): TestDemo {
  return useResource(
    () => startDemo(environment()),
    ({ vestibule }) => vestibule.stop(),
  );
}

/** What the greeting of `npm start` says that can be typed, where the password is all that is asked for. */
export const ANNA = { officeCode: PLAIN_OFFICE.code, username: "anna", password: DEMO_PASSWORD } as const;
