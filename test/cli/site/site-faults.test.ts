import { expect } from "chai";
import { useInstallation } from "../installation.ts";
import { Operator } from "./site.ts";

describe("a file for vestibule apply", function () {
  this.timeout(30_000);
  const here = useInstallation();
  let operator: Operator;
  before(async () => {
    operator = new Operator(here);
    await operator.apply({
      offices: [
        {
          ...{ code: "OOST", name: "Oost" },
          applications: [
            { name: "Ledger", type: "web", redirectUris: ["https://ledger.example.com/callback"] },
            { name: "Twin", type: "machine" },
          ],
        },
      ],
    });
    await here.ask(["app", "add", "--type", "machine", "--name", "Twin", "--office", "OOST"]);
  });

  /** What is said of it, without the place of the file. */
  const said = async (content: string, variables = {}): Promise<string> => {
    const { code, out, error } = await operator.type(content, [], variables);
    expect({ code, out }, error).to.deep.equal({ code: 1, out: "" });
    return error.replaceAll(/\S*site-\d+\.yaml/g, "site.yaml");
  };

  it("is refused with the line of each field that there is not", async () => {
    const text = `offices:
  - code: NOORD
    name: Noord
    secondFactor:
      demand: "off"
      from: null
      methods: [totp]
      method: sms
    nmae: Noord
    applications:
      - name: Ledger
        redirectUri: https://ledger.example.com/callback
hooks: []
`;
    expect((await said(text)).trimEnd().split("\n")).to.have.members([
      "4 faults:",
      "  site.yaml:8: offices[0].secondFactor.method: is no field that there is",
      "  site.yaml:9: offices[0].nmae: is no field that there is",
      "  site.yaml:12: offices[0].applications[0].redirectUri: is no field that there is",
      "  site.yaml:13: hooks: is no field that there is",
    ]);
  });

  it("is refused with the line where it is no YAML", async () => {
    expect(await said('offices:\n  - code: "NOORD\n    name: x\n')).to.match(
      /^(\d faults:\n {2})?site\.yaml:\d+: /,
    );
    expect(await said("offices:\n  - code: A\n    code: B\n")).to.match(/^site\.yaml:3: .*unique/);
  });

  it("is refused with the line of a wrong value, also one that its application's kind forbids", async () => {
    expect(await said("offices:\n  - code: x\n")).to.equal(
      "site.yaml:2: offices[0].code: must have 3 to 32 of A-Z, 0-9 and -\n",
    );
    const text =
      "applications:\n  - name: App\n    type: native\n    redirectUris:\n      - http://evil.example/x\n";
    expect(await said(text)).to.match(/^site\.yaml:4: applications\[0\]\.redirectUris: /);
  });

  it("is refused where it is not clear what it means", async () => {
    const faults: Record<string, string> = {
      "offices: [{ code: NIEUW }]": "site.yaml:1: offices[0]: a new office needs a name\n",
      "offices: [{ code: ZUID, name: A }, { code: zuid, name: B }]":
        "site.yaml:1: offices[1]: is here twice: ZUID\n",
      "offices: [{ code: SUPPORT }]":
        "site.yaml:1: offices[0].code: is the office of the platform's own staff, which is no part of a site\n",
      "offices: [{ code: OOST, users: [{ username: anna }] }]":
        "site.yaml:1: offices[0].users[0]: a new user needs a name\n",
      "offices: [{ code: OOST, applications: [{ name: Twin }] }]":
        "site.yaml:1: offices[0].applications[0]: several applications have the name Twin: give the id of one\n",
      "offices: [{ code: OOST, applications: [{ name: Ledger, type: native }] }]":
        "site.yaml:1: offices[0].applications[0].type: it is a web application, and stays one\n",
      "offices: [{ code: OOST, logo: file:nothing.png }]":
        "site.yaml:1: offices[0].logo: the picture is empty\n",
    };
    for (const [text, fault] of Object.entries(faults)) {
      expect(await said(text)).to.equal(fault);
    }
  });

  it("has no application of another office by its id", async () => {
    const { clientId } = (await here.ask(["app", "add", "--type", "machine", "--name", "Elsewhere"])) as {
      clientId: string;
    };
    expect(
      await said(`offices: [{ code: OOST, applications: [{ id: ${clientId}, name: Elsewhere }] }]`),
    ).to.equal("site.yaml:1: offices[0].applications[0].id: this application is another office's\n");
  });

  it("T199 has no secret in itself, and names each reference that leads to none", async () => {
    const text = (secret: string) =>
      `applications:\n  - name: App\n    type: machine\n    secret: ${secret}\n`;
    const place = "site.yaml:4: applications[0].secret: ";
    const strong = "q7Zk3Vt9Lw2Xr5Nb8Mc1Hd6Jf4Gs0Py-";
    expect(await said(text(strong))).to.equal(
      `${place}must be env:NAME or file:PATH, because a secret is not written here\n`,
    );
    expect(await said(text("env:NOT_SET"))).to.equal(`${place}the variable NOT_SET is not set\n`);
    expect(await said(text("file:not-there"))).to.match(
      /^site\.yaml:4: .*the file \S+not-there cannot be read\n$/,
    );
    expect(await said(text("env:WEAK"), { WEAK: "a".repeat(40) })).to.equal(
      `${place}must be made at random\n`,
    );
    const short = await said(text("env:SHORT"), { SHORT: "short" });
    expect(short).to.contain("must have 32 to 200 characters").and.not.contain("short\n");
    const native = `applications:\n  - name: App\n    type: native\n    redirectUris: ["app.example:/x"]\n    secret: env:GOOD\n`;
    expect(await said(native, { GOOD: strong })).to.equal(
      "site.yaml:5: applications[0].secret: this application has no secret\n",
    );
  });

  it("is refused when it cannot be read, and when it is little text and much content", async () => {
    const missing = await here.run(["apply", "--file", "/nowhere/site.yaml"]);
    expect(missing).to.deep.equal({
      code: 1,
      out: "",
      error: "/nowhere/site.yaml cannot be read as a text.\n",
    });
    const names = Array.from({ length: 12 }, (_, index) => `l${String(index)}`);
    const bomb = names.map((name, index) => {
      const before = names[index - 1];
      const list = before === undefined ? Array(10).fill("x") : Array(10).fill(`*${before}`);
      return `${name}: &${name} [${list.join(", ")}]`;
    });
    expect(await said(bomb.join("\n"))).to.equal("The file repeats itself by too many aliases.\n");
  });

  it("is refused with the line where it repeats what it has not named, or uses a tag", async () => {
    expect(await said("offices:\n  - code: OOST\n    name: *absent\n")).to.match(
      /^site\.yaml:3: .*unresolved alias.*absent/i,
    );
    expect(await said("offices:\n  - code: OOST\n    name: !vault Oost\n")).to.match(
      /^site\.yaml:3: .*unresolved tag.*!vault/i,
    );
  });

  it("controls no terminal by what it says", async () => {
    const text = 'offices:\n  - code: OOST\n    "\\e[2Jname\\u202e\\u009b": x\n';
    expect(await said(text)).to.equal("site.yaml:3: offices[0]. [2Jname  : is no field that there is\n");
  });

  it("has no application twice, by its id and by its name", async () => {
    const apps = (await here.ask(["app", "list", "--office", "OOST"])) as unknown as {
      readonly id: string;
      readonly name: string;
    }[];
    const id = apps.find(({ name }) => name === "Ledger")?.id ?? "";
    const text = (name: string) =>
      `offices: [{ code: OOST, applications: [{ id: ${id}, name: ${name}, dpop: false }, { name: Ledger, dpop: true }] }]`;
    const place = "site.yaml:1: offices[0].applications[1]: is";
    expect(await said(text("Ledger"))).to.equal(`${place} here twice, once by its id: Ledger\n`);
    expect(await said(text("Renamed"))).to.equal(`${place} the same application as another entry\n`);
  });

  it("needs no database to be found wrong", async () => {
    const { code, error } = await new Operator({
      ...here,
      environment: { ...here.environment, DATABASE_URL: "postgres://absent@127.0.0.1:1/x" },
    }).type("nothing: here\n");
    expect(code).to.equal(1);
    expect(error).to.contain("nothing: is no field that there is");
  });
});
