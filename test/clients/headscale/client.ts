import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "../harness/client.ts";
import { equal, shows } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import type { Stage } from "../harness/stage.ts";
import { installed, programNamed } from "../harness/toolchains.ts";

/** What a node would open in the browser; none joins here, and the page after the sign-in is enough. */
const NODE = "hskey-authreq-abcdefghijklmnopqrstuvwx";

/** YAML has JSON in it. */
const settings = ({ here, port, issuer, place }: Stage, client: { id: string; secret: string }) =>
  JSON.stringify({
    server_url: here,
    listen_addr: `127.0.0.1:${String(port)}`,
    metrics_listen_addr: `127.0.0.1:${String(port + 1)}`,
    noise: { private_key_path: join(place, "noise.key") },
    prefixes: { v4: "100.64.0.0/10", v6: "fd7a:115c:a1e0::/48" },
    derp: { urls: [], paths: [join(place, "derp.yaml")], auto_update_enabled: false },
    disable_check_updates: true,
    database: { type: "sqlite", sqlite: { path: join(place, "db.sqlite") } },
    dns: { magic_dns: false, base_domain: "net.example", override_local_dns: false },
    unix_socket: join(place, "headscale.sock"),
    unix_socket_permission: "0700",
    oidc: { issuer, client_id: client.id, client_secret: client.secret },
  });

/** It wants one relay, which only nodes call. */
const RELAY = `regions:
  900:
    regionid: 900
    regioncode: here
    regionname: Here
    nodes:
      - { name: 900a, regionid: 900, hostname: relay.example }
`;

export const headscale: Client = {
  name: "headscale",
  version: "0.29.2",
  columns: ["sign-in", "claims"],
  switches: "–",
  prepare: () => installed("headscale", "github.com/juanfont/headscale"),
  run: async (stage) => {
    const { id, secret } = await stage.register({ redirectUris: [`${stage.here}/oidc/callback`] });
    const file = join(stage.place, "config.yaml");
    writeFileSync(file, settings(stage, { id, secret: secret ?? "" }));
    writeFileSync(join(stage.place, "derp.yaml"), RELAY);
    const command = programNamed("headscale") ?? "";
    const program = stage.start([command, "serve", "--config", file]);
    await program.says(/listening and serving HTTP on/);
    await stage.check("sign-in", async () => {
      const shown = await stage.browser().open(`${stage.here}/register/${NODE}`);
      equal(shown.url.startsWith(`${stage.here}/oidc/callback`), true, `where it ends, not ${shown.url}`);
    });
    await stage.check("claims", async () => {
      const list = stage.start([command, "users", "list", "--config", file, "--output", "json"]);
      await list.ended();
      shows({ body: list.said(), url: "headscale users list", status: 0 }, PERSON.mail);
      shows({ body: list.said(), url: "headscale users list", status: 0 }, PERSON.name);
    });
  },
};
