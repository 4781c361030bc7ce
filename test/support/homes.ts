import { newOfficeSchema } from "../../src/domain/offices/office.ts";
import { now } from "../../src/kernel/clock.ts";
import { idAt } from "../../src/kernel/home.ts";
import type { Services } from "../../src/server/wiring/services.ts";
import { BY_SMS } from "./mobile-numbers.ts";
import type { TestOffice } from "./people.ts";

let made = 0;

/** An office at a home of the test's choice, which the product draws at random. Its users sign in with app or text message. */
export async function makeOfficeAt({ database, offices }: Services, home: number): Promise<TestOffice> {
  made += 1;
  const id = idAt(home);
  const draft = newOfficeSchema.parse({ code: `AT-HOME-${String(made)}`, name: "Noord & Zonen" });
  const isAdded = await database.inOffice(id, (tx) =>
    offices.add(tx, id, { ...draft, secondFactor: BY_SMS }, now()),
  );
  if (!isAdded) {
    throw new Error(`The office code ${draft.code} is taken.`);
  }
  return { id, code: draft.code, name: draft.name };
}
