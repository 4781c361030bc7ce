import { rmSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { startVestibule, type TestVestibule } from "../../support/vestibule.ts";
import { startRecorder, type Recorder } from "./recorder.ts";
import { makeTls } from "./tls.ts";

/** A Vestibule with one person, as the clients meet it. */
export interface House {
  readonly issuer: string;
  readonly vestibule: TestVestibule;
  readonly recorder: Recorder;
  readonly person: TestUser;
  /** The authority of an https issuer, as a file and as text; empty for http. */
  readonly ca: { readonly file: string; readonly text: string };
  stop(): Promise<void>;
}

export const PERSON = { username: "anna", name: "Anna de Vries", mail: "anna@plain.example" } as const;

/** Starts one on localhost: with http as `npm start` does, or with TLS from an authority of its own. */
export async function openHouse({ https }: { https: boolean }): Promise<House> {
  const port = await freePort();
  const issuer = `${https ? "https" : "http"}://localhost:${String(port)}`;
  const vestibule = await startVestibule({
    VESTIBULE_ISSUER: issuer,
    VESTIBULE_DEVICE_FLOW: "yes",
    ...(process.argv.includes("--show") ? { VESTIBULE_LOG_LEVEL: "warn" } : {}),
    ...(https ? { VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT: "yes" } : {}),
  });
  const tls = https ? makeTls() : null;
  const place = mkdtempSync(join(tmpdir(), "vestibule-clients-"));
  const file = join(place, "ca.pem");
  writeFileSync(file, tls?.cert ?? "");
  const recorder = await startRecorder({ port, to: vestibule.settings.port, tls });
  const office = await makeOffice(vestibule.services, { code: "PLAIN", name: "Plain Bookkeeping" });
  const person = await makeUser(vestibule.services, office, { ...PERSON, isMailProved: true });
  return {
    issuer,
    vestibule,
    recorder,
    person,
    ca: { file: tls === null ? "" : file, text: tls?.cert ?? "" },
    stop: async () => {
      await recorder.stop();
      await vestibule.stop();
      rmSync(place, { recursive: true, force: true });
    },
  };
}
