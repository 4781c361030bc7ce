import type { Client } from "../harness/client.ts";
import { equal } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import { cargo } from "../harness/toolchains.ts";

const NAME = "rust-openidconnect";

export const rustOpenidconnect: Client = {
  name: NAME,
  version: "4.0.1",
  columns: ["sign-in", "claims", "refresh"],
  switches: "–",
  prepare: async () => {
    await cargo(NAME);
  },
  run: async (stage) => {
    const { id } = await stage.register({ type: "native", redirectUris: ["http://127.0.0.1/callback"] });
    const program = stage.start([await cargo(NAME)], {
      environment: { ISSUER: stage.issuer, CLIENT_ID: id },
    });
    await stage.check("sign-in", async () => {
      const [, url = ""] = await program.says(/^open (\S+)$/m);
      await stage.browser().open(url);
      const [, sub] = await program.says(/^sub (\S+)$/m);
      equal(sub, stage.house.person.id, "sub");
    });
    await stage.check("claims", async () => {
      const [, name] = await program.says(/^name (.+)$/m);
      equal(name, PERSON.name, "name in userinfo");
    });
    await stage.check("refresh", async () => {
      await program.says(/^refreshed \d+$/m);
    });
  },
};
