import { expect } from "chai";
import { atConsole, makeStaff } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { sendFile } from "../../support/files.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { startOtherProcess } from "../../support/other-process.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const HEADING = "username,name,mail,role\n";
const GOOD = `${HEADING}sanne,Sanne Bakker,sanne@noord.example,user\ntom,Tom de Wit,,accountant\n`;

describe("importing users in the console", function () {
  this.timeout(120_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  let browser: HttpBrowser;
  let path: string;

  before(() => {});
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser", username: "chris" }));
  beforeEach(async () => {
    ({ browser } = await atConsole(vestibule, staff));
    path = `/console/o/${office.code}/users/import`;
  });

  it("looks at every line first and adds nobody; then all of them, with an invitation each", async () => {
    const page = await upload(GOOD);
    expect(page.body).to.contain("All 2 lines are correct").and.contain("Add 2 users");
    expect(await usernames()).to.deep.equal(["chris"]);
    const done = await press(page, "apply", { invite: "yes" });
    expect(done.body).to.contain("2 users were added.").and.contain("Invited by mail so far");
    expect(await usernames()).to.deep.equal(["chris", "sanne", "tom"]);
    const [run] = await asOwner<{ invites: boolean; actor: string }>(
      vestibule.database,
      "select invites, actor from import_runs where office_id = $1",
      [office.id],
    );
    expect(run).to.deep.equal({ invites: true, actor: staff.user.id });
  });

  it("shows by its letters how the file was read before anybody is added, and reads it as it is told", async () => {
    const file = Buffer.from(`${HEADING}zizek,\x8aimek,,user\n`, "latin1");
    const guessed = await upload(file);
    expect(guessed.body).to.contain("Are these names spelled correctly?").and.contain("Šimek");
    expect(guessed.body).to.contain("Windows (Western European)");
    const shown = await upload(file, "macintosh");
    expect(shown.body).to.contain("äimek").and.contain("Mac OS Roman");
    expect(await usernames()).to.deep.equal(["chris"]);
    const plain = await upload(GOOD);
    expect(plain.body, "nothing to look at").to.not.contain("Are these names spelled correctly?");
  });

  it("takes the file that Excel calls Unicode text, wider than its table", async () => {
    const text = "sep=\t\r\nUsername\tName\t\t\r\nzoe\tZoë Müller\t\t\r\n\t\t\t\r\n";
    const page = await upload(Buffer.from(`\u{feff}${text}`, "utf16le"));
    expect(page.body).to.contain("The one line is correct").and.contain("Zoë Müller");
    const stray = await upload("username,name,\nzoe,Zoë,stray\n");
    expect(stray.body).to.contain("The line has more cells than there are columns.");
  });

  it("says which line is wrong and why, adds nobody at all, and gives every verdict as a file", async () => {
    await makeUser(services, office, { username: "taken" });
    const page = await upload(
      `${HEADING}good,Good,,user\n!,Bad name,,user\ntaken,Taken,,user\nx1,X,,support\n`,
    );
    expect(page.body).to.contain("3 of 4 lines contain errors").and.not.contain('value="apply"');
    expect(page.body).to.contain("Line 3").and.contain("This username is already taken in the office.");
    expect(page.body).to.contain("You cannot give this role.");
    const fields = { _csrf: hiddenField(page, "_csrf"), run: hiddenField(page, "run"), decision: "result" };
    const { bytes, headers } = await sendFile(browser, path, new URLSearchParams(fields));
    expect(headers.get("content-disposition")).to.contain("import-");
    expect(bytes.toString())
      .to.contain('"2","good","Good."')
      .and.contain('"4","taken","This username is already taken');
    const forced = await press(page, "apply");
    expect(forced.body).to.contain("3 of 4 lines contain errors");
    expect(await usernames()).to.deep.equal(["chris", "taken"]);
  });

  it("stands there again after a reload, in another tab and in another sign-in, until it is forgotten", async () => {
    const page = await upload(GOOD);
    expect((await browser.get(path)).body).to.contain("All 2 lines are correct");
    const second = await makeStaff(services, office, { role: "superuser" });
    const { browser: other } = await atConsole(vestibule, second);
    expect((await other.get(path)).body).to.contain("All 2 lines are correct");
    expect((await press(page, "drop")).body)
      .to.contain("Check the file")
      .and.not.contain("lines are correct");
    expect((await press(page, "apply")).body).to.not.contain("users were added");
  });

  it("adds every user once, however often the button is pressed", async () => {
    const page = await upload(GOOD);
    const pressed = await Promise.all(Array.from({ length: 4 }, () => press(page, "apply")));
    expect(pressed.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
    expect(await usernames()).to.deep.equal(["chris", "sanne", "tom"]);
  });

  it("adds nobody when its process is killed in the middle, and every user once when the button is pressed again", async () => {
    const count = 20_000;
    const lines = Array.from({ length: count }, (_, n) => `user-${String(n)},User ${String(n)},,user\n`);
    const page = await upload(HEADING + lines.join(""));
    expect(page.body).to.contain(`Add 20,000 users`);
    const other = await startOtherProcess(vestibule);
    const fields = { _csrf: hiddenField(page, "_csrf"), run: hiddenField(page, "run"), decision: "apply" };
    const pressed = browser
      .copy(other.port)
      .post(path, fields)
      .then(
        () => "answered",
        () => "broken off",
      );
    await eventually(added, (sofar) => sofar > 0);
    await other.kill();
    expect(await pressed).to.equal("broken off");
    expect(await usernames()).to.deep.equal(["chris"]);
    // The database has to notice that nobody is there any more.
    const done = await eventually(
      () => press(page, "apply"),
      ({ body }) => body.includes("20,000 users were added."),
    );
    expect(done.status).to.equal(200);
    expect(await usernames()).to.have.lengthOf(count + 1);
  });

  for (const [what, content, says] of [
    ["a workbook that was renamed", Buffer.from("PK\u0003\u0004 and more"), "Save it as CSV first"],
    ["damaged characters", Buffer.from([...Buffer.from(`${HEADING}é`), 0xff, 0xfe, 10]), "damaged"],
    ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]), "not a text file"],
    ["nothing", Buffer.from(""), "contains no users"],
    ["a quotation mark that never ends", `${HEADING}"sanne,S,,user\n`, "quotation mark"],
    ["a line without end", `${HEADING}${"x".repeat(20_000)}`, "more than 16000 characters"],
    ["a million columns", `${HEADING}${",x".repeat(1_500)}\n`, "more than 40 columns"],
    ["unknown columns", "username,name,password\na,b,c\n", "Unknown columns"],
  ] as const) {
    it(`T99 says what is wrong with a file that is ${what}`, async () => {
      const page = await upload(content);
      expect(page.body).to.contain("The file cannot be used.").and.contain(says);
      expect(await usernames()).to.deep.equal(["chris"]);
    });
  }

  it("T99 stops reading a file of a gigabyte early, and keeps none of it", async () => {
    const before = process.memoryUsage().rss;
    const { sent, status } = await sendEndless(1_000_000_000);
    expect(status).to.equal(303);
    expect(sent).to.be.below(200_000_000);
    expect(process.memoryUsage().rss - before).to.be.below(300_000_000);
    expect((await browser.get(path)).body).to.contain("The file has more than 32000000 bytes");
  });

  it("T99 reads no byte of a file before it knows whose it is", async () => {
    const form = await browser.get(path);
    const send = (who: HttpBrowser, csrf: string) => sendFile(who, path, formData(GOOD, csrf));
    expect((await send(browser.fresh(), hiddenField(form, "_csrf"))).location).to.contain("/authorize?");
    expect((await send(browser, "forged")).status).to.equal(403);
    const accountant = await makeStaff(services, office, { role: "accountant" });
    const { browser: other } = await atConsole(vestibule, accountant);
    expect((await send(other, hiddenField(form, "_csrf"))).status).to.equal(403);
    travel(30 * MINUTE);
    expect((await send(browser, hiddenField(form, "_csrf"))).location).to.contain("/authorize?");
    expect(await runs()).to.equal(0);
  });

  it("T99 takes a form apart that is none, has a field twice, breaks off or has no file in it", async () => {
    const _csrf = hiddenField(await browser.get(path), "_csrf");
    const raw = (body: string, type = "multipart/form-data; boundary=x") =>
      browser.send(path, { method: "POST", body, headers: { "content-type": type, origin: browser.issuer } });
    const part = (name: string, value: string) =>
      `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const file = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nusername,na';
    const answers = await Promise.all([
      raw(part("_csrf", _csrf), "multipart/form-data"),
      raw(`${part("_csrf", _csrf)}${part("_csrf", _csrf)}--x--\r\n`),
      raw(`${part("_csrf", _csrf)}${file}`),
      raw("no form at all"),
      raw(`${part("_csrf", "x".repeat(5_000))}--x--\r\n`),
    ]);
    expect(answers.map(({ status }) => status >= 400 && status < 500)).to.deep.equal(answers.map(() => true));
    const none = await raw(`${part("_csrf", _csrf)}--x--\r\n`);
    expect([none.status, none.body.includes('id="file-error"')]).to.deep.equal([400, true]);
    expect((await browser.get(path)).body).to.not.contain("Add ");
  });

  it("T83 takes no run of another office, nor one that a browser has made up", async () => {
    const elsewhere = await makeOffice(services);
    const other = await makeStaff(services, elsewhere, { role: "superuser" });
    const { browser: theirs } = await atConsole(vestibule, other);
    const foreign = await uploadWith(theirs, `/console/o/${elsewhere.code}/users/import`, { content: GOOD });
    const mine = await browser.get(path);
    for (const run of [hiddenField(foreign, "run"), "made-up", ""]) {
      const fields = { _csrf: hiddenField(mine, "_csrf"), run, decision: "apply" };
      expect((await browser.post(path, fields)).status).to.equal(303);
    }
    expect(await usernames()).to.deep.equal(["chris"]);
    expect(await usernames(elsewhere.id)).to.have.length(1);
  });

  it("exports the users so that the file can be imported elsewhere, without any secret", async () => {
    await press(await upload(GOOD), "apply");
    const exportPath = path.replace("import", "export");
    const _csrf = hiddenField(await browser.get(exportPath), "_csrf");
    const { bytes } = await sendFile(browser, exportPath, new URLSearchParams({ _csrf }));
    expect(bytes.toString()).to.contain('"sanne","Sanne Bakker","sanne@noord.example"');
    expect(bytes.toString()).to.not.match(/argon2|password/);
  });

  const upload = (content: string | Buffer, letters = ""): Promise<Page> =>
    uploadWith(browser, path, { content, letters });

  async function press(page: Page, decision: string, more: Record<string, string> = {}): Promise<Page> {
    const fields = { _csrf: hiddenField(page, "_csrf"), run: hiddenField(page, "run"), decision, ...more };
    const answer = await browser.post(path, fields);
    return answer.status === 303 ? browser.get(answer.location) : answer;
  }

  const usernames = async (officeId = office.id): Promise<string[]> => {
    const rows = await asOwner<{ username: string }>(
      vestibule.database,
      "select username from users where office_id = $1 order by username",
      [officeId],
    );
    return rows.map(({ username }) => username);
  };

  /** How many the run has reported so far. */
  const added = async (): Promise<number> => {
    const [run] = await asOwner<{ added: number }>(
      vestibule.database,
      "select added from import_runs where office_id = $1",
      [office.id],
    );
    return run?.added ?? 0;
  };

  const runs = async (): Promise<number> =>
    (await asOwner(vestibule.database, "select from import_runs where office_id = $1", [office.id])).length;

  /** A file of good lines that never ends; answers how much of it left. */
  async function sendEndless(most: number) {
    const _csrf = hiddenField(await browser.get(path), "_csrf");
    const head = `--x\r\ncontent-disposition: form-data; name="_csrf"\r\n\r\n${_csrf}\r\n`;
    const file = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
    const piece = Buffer.from(`a,b,,user${" ".repeat(3_000)}\n`.repeat(20));
    let sent = 0;
    const stream = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from(`${head}${file}${HEADING}`)),
      pull: (controller) => {
        sent += piece.length;
        controller.enqueue(piece);
        if (sent > most) {
          controller.close();
        }
      },
    });
    const { status } = await sendFile(browser, path, { stream, type: "multipart/form-data; boundary=x" });
    return { sent, status };
  }
});

async function uploadWith(
  browser: HttpBrowser,
  path: string,
  { content, letters = "" }: { content: string | Buffer; letters?: string },
): Promise<Page> {
  const csrf = hiddenField(await browser.get(path), "_csrf");
  const { status, location } = await sendFile(browser, path, formData(content, csrf, letters));
  expect(status).to.equal(303);
  return browser.get(location);
}

function formData(content: string | Buffer, csrf: string, letters = ""): FormData {
  const form = new FormData();
  form.set("_csrf", csrf);
  form.set("letters", letters);
  form.set("file", new File([new Uint8Array(Buffer.from(content))], "users.csv", { type: "text/csv" }));
  return form;
}
