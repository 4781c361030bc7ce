import { expect } from "chai";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { useInstallation, type Environment } from "./installation.ts";
import { isPasswordOf } from "./password-of.ts";
import { Operator } from "./site/site.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/vestibule.js", import.meta.url));
const PASSWORD = "een-wachtwoord-van-vier-woorden";
/** As an old terminal or editor writes it: one byte for the letter. */
const LATIN = Buffer.from("een-wachtwo\xf6rd-van-vier-woorden\n", "latin1");
const MARKED = `\u{feff}${PASSWORD}\r\n`;

describe("what the command line reads as text", function () {
  this.timeout(60_000);
  const here = useInstallation();
  let operator: Operator;
  const NOORD = ["--office", "NOORD"];
  before(async () => {
    operator = new Operator(here);
    await here.ask(["office", "add", "NOORD", "--name", "Noord"]);
    await here.ask(["user", "add", "sanne", ...NOORD, "--name", "Sanne Bakker"]);
  });

  /** The fault of a new user's password; empty for none. */
  async function faultOf(username: string, reference: string, variables: Environment = {}): Promise<string> {
    const users = [{ username, name: "Mia", password: reference }];
    const { error } = await operator.type({ offices: [{ code: "NOORD", users }] }, [], variables);
    return error;
  }
  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(join(operator.directory, name), content);
    return `file:${name}`;
  };

  it("is a password of standard input in UTF-8: another one could be typed at no sign-in", async () => {
    const setting = ["user", "set-password", "sanne", ...NOORD, "--password-stdin"];
    const { code, error } = await here.run(setting, LATIN);
    expect({ code, error }).to.deep.equal({
      code: 1,
      error: "--password-stdin: the password must be in UTF-8.\n",
    });
    expect((await here.run(setting, MARKED)).code).to.equal(0);
    expect(await isPasswordOf(here, "sanne", PASSWORD)).to.equal(true);
  });

  it("is a password of a file in UTF-8 and in one line, as on standard input", async () => {
    expect(await faultOf("latin", write("latin", LATIN))).to.match(/latin is not in UTF-8\n$/);
    expect(await faultOf("lines", write("lines", `${PASSWORD}\n${PASSWORD}\n`))).to.match(
      /\.password: must be one line without control characters\n$/,
    );
    expect(await faultOf("marked", write("marked", MARKED))).to.equal("");
    expect(await isPasswordOf(here, "marked", PASSWORD)).to.equal(true);
  });

  it("is a password of a variable in UTF-8", async () => {
    // So Node passes on what is no UTF-8.
    const fault = await faultOf("variable", "env:LATIN", { LATIN: PASSWORD.replace("oo", "o\u{fffd}") });
    expect(fault).to.match(/\.password: the variable LATIN is not in UTF-8\n$/);
  });

  it("is an argument in UTF-8: a name would be stored with a sign in place of its letter", async () => {
    const line = `"$0" "$1" office add CAFE --name "$(printf 'Caf\\351')" --json`;
    const { error } = await new Promise<{ error: string }>((resolve) => {
      const env = { PATH: process.env["PATH"], ...here.environment };
      execFile("/bin/sh", ["-c", line, process.execPath, PROGRAM], { env }, (_, __, error) => {
        resolve({ error });
      });
    });
    expect(error).to.equal(
      `{"error":"This argument is not in UTF-8: Caf\u{fffd}. Set the terminal to UTF-8, and type it again."}\n`,
    );
    expect((await here.run(["office", "show", "CAFE"])).code).to.equal(1);
  });

  it("is an export of another system in UTF-8", async () => {
    const users = Buffer.from('[{"username":"anna","firstName":"Zo\xeb"}]', "latin1");
    const { code, out, error } = await here.run(["user", "convert", "--from", "keycloak"], users);
    expect({ code, out, error }).to.deep.equal({
      ...{ code: 1, out: "" },
      error: "The export is not in UTF-8, as JSON has to be.\n",
    });
  });

  it("is a key set in UTF-8, also with the mark that Windows puts before it", async () => {
    const file = join(operator.directory, "keys.json");
    writeFileSync(file, '\u{feff}{"keys":[]}');
    const adding = ["app", "add", "--type", "machine", "--name", "Keys", "--jwks", file];
    expect((await here.run(adding)).error).not.to.contain("cannot be read");
  });
});
