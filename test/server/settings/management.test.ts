import { expect } from "chai";
import { readSettings } from "../../../src/server/settings/settings.ts";

const read = (given: Record<string, string>) => readSettings({ NODE_ENV: "test", ...given }).management;

describe("the settings of the management listener", () => {
  it("T179 have no port by default, and loopback where there is one", () => {
    expect(read({})).to.deep.equal({ port: null, host: "127.0.0.1", namesOffices: false });
    expect(read({ VESTIBULE_MANAGEMENT_PORT: "9464" }).host).to.equal("127.0.0.1");
  });

  it("refuse the port of the server and of the demo", () => {
    const refused = /VESTIBULE_MANAGEMENT_PORT: must be another port/;
    expect(() => read({ PORT: "3000", VESTIBULE_MANAGEMENT_PORT: "3000" })).to.throw(refused);
    expect(() => read({ PORT: "3000", VESTIBULE_MANAGEMENT_PORT: "3001" })).to.throw(refused);
  });

  it("T179 let no other machine reach a server that is not in production", () => {
    const open = { VESTIBULE_MANAGEMENT_PORT: "9464", VESTIBULE_MANAGEMENT_HOST: "0.0.0.0" };
    expect(() => read(open)).to.throw(/VESTIBULE_MANAGEMENT_HOST: other machines can reach/);
    expect(read({ ...open, VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT: "yes" }).host).to.equal("0.0.0.0");
  });
});
