import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { OPERATOR } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { csvFile } from "../../support/csv-file.ts";
import { makeOffice } from "../../support/people.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const PEOPLE = 90;
const PROGRAM = fileURLToPath(new URL("../../support/worker-process.ts", import.meta.url));

describe("invitations of people who came as a file", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_MESSAGE_WORKERS: "no" } });
  const workers = new Set<ChildProcess>();

  after(async () => {
    await Promise.all([...workers].map((worker) => end(worker)));
  });
  const north = useFresh(() => makeOffice(vestibule.services));

  async function importPeople(count: number): Promise<string> {
    const { imports, offices } = vestibule.services;
    const office = await offices.find(north.id);
    const rows = Array.from(
      { length: count },
      (_, n) => `user${String(n)},User,user${String(n)}@noord.example`,
    );
    if (office === null) {
      throw new Error("The office is missing.");
    }
    const file = csvFile(`username,name,mail\n${rows.join("\n")}\nnomail,No Mail,\n`);
    const { id } = await imports.importer.check(office, file, OPERATOR);
    expect((await imports.apply.apply(id, { office: north, by: OPERATOR, invites: true })).type).to.equal(
      "applied",
    );
    return id;
  }

  const count = async (text: string) => {
    const [row] = await asOwner<{ count: number }>(
      vestibule.database,
      `select count(*)::integer as count from ${text}`,
      [north.id],
    );
    return row?.count ?? 0;
  };
  const mails = () => count("messages where office_id = $1");
  const links = () => count("one_time_links where office_id = $1 and purpose = 'invitation'");
  const invited = async (id: string) =>
    (await vestibule.services.imports.importer.find(north.id, id))?.invited;

  async function startWorker(): Promise<ChildProcess> {
    const env = { PATH: process.env["PATH"], ...vestibule.environment };
    const worker = spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", "pipe", "inherit"] });
    workers.add(worker);
    await once(worker.stdout, "data");
    return worker;
  }

  async function end(worker: ChildProcess): Promise<void> {
    workers.delete(worker);
    worker.kill("SIGKILL");
    await once(worker, "exit");
  }

  it("go out a few at a time, each turn once, however often its job comes", async () => {
    const id = await importPeople(30);
    const task = { task: "import-invite", id, officeId: north.id } as const;
    const { tasks } = vestibule.services.imports;
    await Promise.all(Array.from({ length: 6 }, () => tasks.run({ ...task, turn: 0 })));
    expect([await mails(), await links(), await invited(id)]).to.deep.equal([20, 20, 20]);
    await tasks.run({ ...task, turn: 0 });
    expect(await mails(), "an old turn").to.equal(20);
    await Promise.all(Array.from({ length: 6 }, () => tasks.run({ ...task, turn: 1 })));
    expect([await mails(), await links(), await invited(id)]).to.deep.equal([30, 30, 30]);
  });

  it("leave out users who have chosen a password meanwhile", async () => {
    const id = await importPeople(2);
    await asOwner(
      vestibule.database,
      "update users set password_changed_at = now() + interval '1 minute' where office_id = $1 and username = 'user0'",
      [north.id],
    );
    await vestibule.services.imports.tasks.run({ task: "import-invite", id, officeId: north.id, turn: 0 });
    expect([await mails(), await invited(id)]).to.deep.equal([1, 1]);
  });

  it("are all sent, and nobody's twice, when workers are killed in between", async function () {
    this.timeout(240_000);
    const id = await importPeople(PEOPLE);
    for (const enough of [1, 21, 41]) {
      const worker = await startWorker();
      await eventually(mails, (count) => count >= enough, { seconds: 60 });
      await end(worker);
      await letAMinutePass();
    }
    await startWorker();
    await eventually(
      () => invited(id),
      (count = 0) => count >= PEOPLE,
      { seconds: 60, everyMs: 50 },
    );
    expect([await mails(), await links()]).to.deep.equal([PEOPLE, PEOPLE]);
  });

  it("are waited for before the file is forgotten", async () => {
    const id = await importPeople(1);
    const rows = () => count(`import_rows where office_id = $1 and run_id = '${id}'`);
    const { tasks } = vestibule.services.imports;
    await tasks.run({ task: "import-forget", id, officeId: north.id, turn: 0 });
    expect(await rows()).to.equal(2);
    await tasks.run({ task: "import-invite", id, officeId: north.id, turn: 0 });
    await tasks.run({ task: "import-forget", id, officeId: north.id, turn: 0 });
    expect(await rows()).to.equal(0);
    expect(await vestibule.services.imports.importer.find(north.id, id)).to.include({
      state: "applied",
      added: 2,
    });
  });

  /** Nobody works: everything that is in hand is as old as if a minute had passed. */
  async function letAMinutePass(): Promise<void> {
    await asOwner(
      vestibule.database,
      "update jobs set due_at = due_at - interval '61 seconds' where claimed_at is not null",
    );
  }
});
