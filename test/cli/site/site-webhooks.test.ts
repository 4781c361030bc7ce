import { expect } from "chai";
import { readFileSync } from "node:fs";
import { asOwner } from "../../support/database.ts";
import { useInstallation } from "../installation.ts";
import { changed, Operator } from "./site.ts";

const secretOf = (seed: number): string =>
  `whsec_${Buffer.from(Array.from({ length: 32 }, (_, index) => (seed * 37 + index * 91) % 251)).toString("base64")}`;
const [SECRET, OTHER_SECRET] = [secretOf(1), secretOf(2)];

const DIRECTORY = {
  name: "Directory",
  url: "https://directory.example.com/hooks",
  types: ["user.added", "user.disabled"],
  secret: "env:DIRECTORY_SECRET",
};
const EVERYTHING = { name: "Everything", url: "https://log.example.com/hooks", state: "off" };
const SITE = {
  offices: [{ code: "NOORD", name: "Noord", webhooks: [DIRECTORY, EVERYTHING] }],
  webhooks: [{ name: "Desk", url: "https://desk.example.com/hooks", types: ["office.deleted"] }],
};
const VARIABLES = { DIRECTORY_SECRET: SECRET };

describe("vestibule apply, with webhooks", function () {
  this.timeout(60_000);
  const here = useInstallation();
  let operator: Operator;
  const webhooks = () =>
    asOwner<Readonly<Record<string, unknown>>>(
      here.database,
      "select o.code, w.name, w.url, w.types, w.state from webhooks w left join offices o on o.id = w.office_id order by w.name",
    );
  const eventsOf = async (type: string) =>
    (await asOwner(here.database, `select actor from audit_events where type = '${type}'`)).length;

  before(() => {
    operator = new Operator(here);
  });

  it("T225 makes them as the file says, and prints a secret that was made here alone, once", async () => {
    const planned = await operator.type(SITE, ["--plan"], VARIABLES);
    expect(planned.code, planned.error).to.equal(2);
    expect(planned.out)
      .to.contain("+ webhook Directory")
      .and.contain("webhooks for events of no office\n  + webhook Desk")
      .and.not.contain(SECRET);
    expect(await webhooks()).to.deep.equal([]);
    const { out } = await operator.type(SITE, ["--json"], VARIABLES);
    const { made } = JSON.parse(out) as { made: { what: string; name: string; secret: string | null }[] };
    expect(made.map(({ what, name, secret }) => [what, name, secret?.slice(0, 6) ?? null])).to.deep.equal([
      ["webhook", "Directory", null],
      ["webhook", "Everything", "whsec_"],
      ["webhook", "Desk", "whsec_"],
    ]);
    expect(out).to.not.contain(SECRET);
    const { name, url, types } = DIRECTORY;
    expect(await webhooks()).to.deep.equal([
      { code: null, ...SITE.webhooks[0], state: "on" },
      { ...{ code: "NOORD", name, url, types }, state: "on" },
      { code: "NOORD", ...EVERYTHING, types: [] },
    ]);
    expect(await eventsOf("webhook.added")).to.equal(3);
  });

  it("changes nothing when it is applied again", async () => {
    expect((await operator.apply(SITE, [], VARIABLES)).groups).to.deep.equal([]);
    expect((await operator.apply({ offices: [{ code: "NOORD", webhooks: [] }] })).groups).to.deep.equal([]);
    expect(await webhooks()).to.have.length(3);
  });

  for (const [field, value] of Object.entries({
    url: "https://other.example.com/hooks",
    types: ["user.added"],
    state: "off",
  })) {
    it(`changes the ${field} of a webhook alone, and takes it back`, async () => {
      const { secret: _, ...usual } = DIRECTORY;
      const site = (more: object) => ({
        offices: [{ code: "NOORD", webhooks: [{ name: "Directory", ...more }] }],
      });
      expect(changed(await operator.apply(site({ [field]: value })))).to.deep.equal([
        ["change webhook Directory", field],
      ]);
      expect((await operator.apply(site({ [field]: value }))).groups).to.deep.equal([]);
      const back = await operator.apply(site({ ...usual, state: "on" }));
      expect(changed(back)).to.deep.equal([["change webhook Directory", field]]);
    });
  }

  it("changes one of the platform", async () => {
    const site = { webhooks: [{ name: "Desk", types: [] }] };
    expect(changed(await operator.apply(site))).to.deep.equal([["change webhook Desk", "types"]]);
    await operator.apply(SITE, [], VARIABLES);
  });

  it("T225 replaces a secret that the file refers to once, and prints it nowhere", async () => {
    const other = { DIRECTORY_SECRET: OTHER_SECRET };
    const { code, out } = await operator.type(SITE, ["--json"], other);
    expect(code).to.equal(0);
    expect(out).to.contain('"secret"').and.not.contain(OTHER_SECRET).and.not.contain(SECRET);
    expect((await operator.apply(SITE, [], other)).groups).to.deep.equal([]);
    expect(await eventsOf("webhook.secret-rotated")).to.equal(1);
    await operator.apply(SITE, [], VARIABLES);
  });

  it("T225 takes no secret that could be guessed, and none in the file", async () => {
    const said = async (secret: string, value = "") => {
      const site = { webhooks: [{ ...SITE.webhooks[0], secret }] };
      const { code, error } = await operator.type(site, [], { VALUE: value });
      expect(code).to.equal(1);
      return error;
    };
    expect(await said(SECRET)).to.contain("must be env:NAME or file:PATH");
    const wrong = "must be whsec_ and 24 to 64 bytes in base64; make it at random";
    expect(await said("env:VALUE", "short"))
      .to.contain(`webhooks[0].secret: ${wrong}`)
      .and.not.contain("short\n");
    const equal = `whsec_${Buffer.alloc(32).toString("base64")}`;
    expect(await said("env:VALUE", equal))
      .to.contain("must be made at random")
      .and.not.contain(equal);
  });

  it("refuses what cannot be, with its line, and changes nothing", async () => {
    const before = await webhooks();
    const faults: Readonly<Record<string, string>> = {
      "webhooks: [{ name: New }]": "webhooks[0]: a new webhook needs a url",
      "webhooks: [{ name: New, url: 'http://desk.example.com/' }]":
        "webhooks[0].url: must be an https address without credentials and fragment",
      "webhooks: [{ name: Desk, types: [user.renamed-by-mistake] }]":
        "webhooks[0].types[0]: must be a name of docs/events.md",
      "offices: [{ code: NOORD, webhooks: [{ name: Directory, types: [data-key.added] }] }]":
        "offices[0].webhooks[0].types[0]: is an event of the platform, which no office gets",
      "webhooks: [{ name: Desk, types: [user.added] }]":
        "webhooks[0].types[0]: is an event of offices, which no webhook of the platform gets",
      "webhooks: [{ name: Desk }, { name: Desk }]": "webhooks[1]: is here twice: Desk",
      "webhooks: [{ name: Desk, state: failed }]": "webhooks[0].state: must be on or off",
      "webhooks: [{ name: Desk, id: 3f0b1c52-6a0e-4a3a-9b64-1f6f4d4c9a10 }]":
        "webhooks[0].id: there is no such webhook here: without an id, a new one is added",
    };
    for (const [text, fault] of Object.entries(faults)) {
      const { code, error } = await operator.type(`${text}\n`);
      expect(code, text).to.equal(1);
      expect(error)
        .to.match(/^\S+site-\d+\.yaml:1: /)
        .and.contain(fault);
    }
    expect(await webhooks()).to.deep.equal(before);
  });

  it("has none twice, by its id and by its name", async () => {
    const [desk] = await asOwner<{ id: string }>(
      here.database,
      "select id from webhooks where name = 'Desk'",
    );
    const both = (name: string) => ({
      webhooks: [
        { id: desk?.id, name },
        { name: "Desk", state: "off" },
      ],
    });
    expect((await operator.type(both("Desk"))).error).to.contain(
      "webhooks[1]: is here twice, once by its id: Desk",
    );
    expect((await operator.type(both("Other"))).error).to.contain(
      "webhooks[1]: is the same webhook as another entry",
    );
  });

  it("T225 is exported without secrets, in the form that changes nothing", async () => {
    const { out } = await here.run(["export"]);
    expect(out)
      .to.contain("name: Directory")
      .and.contain("state: off")
      .and.contain("name: Desk")
      .and.not.contain("whsec_")
      .and.not.match(/^\s+id: [0-9a-f-]{36}$/m);
    expect((await operator.apply(out)).groups).to.deep.equal([]);
    const one = await here.run(["export", "--office", "NOORD"]);
    expect(one.out).to.contain("name: Directory").and.not.contain("Desk");
  });

  it("is accepted by the schema for editors", async () => {
    const { Ajv2020 } = await import("ajv/dist/2020.js");
    const schema = JSON.parse(readFileSync("docs/site.schema.json", "utf8")) as object;
    const accepts = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    expect(accepts(SITE), JSON.stringify(accepts.errors)).to.equal(true);
    expect(accepts({ webhooks: [{ name: "Desk", types: ["nothing.known"] }] })).to.equal(false);
  });

  it("asks which one is meant where several have a name, and exports their ids", async () => {
    await asOwner(here.database, "update webhooks set name = 'Twin' where office_id is not null");
    const site = (more: object) => ({ offices: [{ code: "NOORD", webhooks: [{ name: "Twin", ...more }] }] });
    const { error } = await operator.type(site({ state: "on" }));
    expect(error).to.contain("several webhooks have the name Twin: give the id of one");
    const { out } = await here.run(["export"]);
    expect((await operator.apply(out)).groups).to.deep.equal([]);
    const ids = [...out.matchAll(/^\s+id: ([0-9a-f-]{36})$/gm)].map(([, id]) => id ?? "");
    expect(ids).to.have.length(2);
    for (const id of ids) {
      const [row] = await asOwner<{ url: string }>(
        here.database,
        `select url from webhooks where id = '${id}'`,
      );
      const name = row?.url === DIRECTORY.url ? "Directory" : "Everything";
      const named = await operator.apply({ offices: [{ code: "NOORD", webhooks: [{ name, id }] }] });
      expect(changed(named)).to.deep.equal([["change webhook Twin", "name"]]);
    }
    expect((await operator.apply(SITE, [], VARIABLES)).groups).to.deep.equal([]);
  });

  it("T225 removes what is named alone, once, and nothing that the file has", async () => {
    const names = ["--prune", "webhook:noord/Everything", "--prune", "platform-webhook:Desk"];
    const refused = await operator.type(SITE, names, VARIABLES);
    expect(refused.error).to.equal(
      "--prune webhook:noord/Everything: the file has it. Remove it from the file first.\n",
    );
    const less = { offices: [{ code: "NOORD", webhooks: [DIRECTORY] }] };
    const planned = await operator.type(less, [...names, "--plan"], VARIABLES);
    expect(planned.out).to.contain("- webhook Everything").and.contain("- webhook Desk");
    expect(await webhooks()).to.have.length(3);
    expect(changed(await operator.apply(less, names, VARIABLES)).map(([what]) => what)).to.deep.equal([
      "remove webhook Everything",
      "remove webhook Desk",
    ]);
    expect((await webhooks()).map(({ name }) => name)).to.deep.equal(["Directory"]);
    expect((await operator.apply(less, names, VARIABLES)).groups).to.deep.equal([]);
    expect(await eventsOf("webhook.deleted")).to.equal(2);
  });

  it("does not overwrite what the console has changed meanwhile", async () => {
    const { WebhookService } = await import("../../../src/domain/webhooks/webhook-service.ts");
    const { aroundMethod } = await import("../../support/around-method.ts");
    const restore = aroundMethod(WebhookService, "changeNewest", async (change) => {
      await asOwner(
        here.database,
        "update webhooks set url = 'https://moved.example.com/' where name = 'Directory'",
      );
      return change();
    });
    try {
      const site = { offices: [{ code: "NOORD", webhooks: [{ name: "Directory", types: [] }] }] };
      const { code, error } = await operator.type(site);
      expect(code).to.equal(1);
      expect(error).to.contain("The webhook Directory has just been changed by another change.");
    } finally {
      restore();
    }
    expect((await webhooks())[0]).to.deep.include({
      url: "https://moved.example.com/",
      types: DIRECTORY.types,
    });
  });
});
