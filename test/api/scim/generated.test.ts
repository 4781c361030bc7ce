import { expect } from "chai";
import { SCIM_PATH } from "../../../src/api/scim/scim-routes.ts";
import { asOwner } from "../../support/database.ts";
import { captureLog } from "../../support/log-capture.ts";
import { ScimGenerator, type Generated } from "../../support/scim-generator.ts";
import { scimToken } from "../../support/scim-client.ts";
import { seeded } from "../../support/seeded.ts";
import { makePlace } from "../../support/traces.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const REQUESTS = 400;
const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const DONE = [200, 201, 204, 304];
const REFUSED = [400, 403, 404, 405, 409, 412, 413, 415, 501];
const UNKNOWN = "00000000-0000-4000-8000-000000000000";

describe("generated requests of a directory", () => {
  const world = useVestibule({ user: {}, settings: { VESTIBULE_API_PER_MINUTE: "100000" } });
  const random = seeded();

  /** Every row of an office that a directory could touch. */
  const rowsOf = (officeId: string) =>
    asOwner(
      world.database,
      `select to_jsonb(u) as users, to_jsonb(d) as details, (select count(*)::integer from audit_events where office_id = $1) as events
       from users u left join scim_users d on d.user_id = u.id where u.office_id = $1 order by u.id`,
      [officeId],
    );

  async function send(token: string, { method, path, body, headers }: Generated) {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    return world.browser().send(`${SCIM_PATH}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(text === undefined ? {} : { "content-type": "application/scim+json" }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: text }),
    });
  }

  it(`T218 are each done or refused as RFC 7644 says, and leave other offices as they are (seed ${String(random.seed)})`, async () => {
    const [mine, theirs] = [await makePlace(world), await makePlace(world)];
    const token = await scimToken(world, mine.office);
    const ids = [mine.user.id, mine.lead.id, theirs.user.id, theirs.lead.id, UNKNOWN];
    const generator = new ScimGenerator(random, ids);
    const before = await rowsOf(theirs.office.id);
    const lines = captureLog(world.services.log);
    for (let sent = 0; sent < REQUESTS; sent += 1) {
      const request = generator.request();
      const { status, body, headers } = await send(token, request);
      const what = `${String(sent)}: ${JSON.stringify(request).slice(0, 600)} → ${String(status)} ${body}`;
      expect(status, what).to.be.oneOf([...DONE, ...REFUSED]);
      if (REFUSED.includes(status) && request.method !== "HEAD") {
        expect(headers["content-type"], what).to.equal("application/scim+json; charset=utf-8");
        const error = JSON.parse(body) as Record<string, unknown>;
        expect(error, what).to.deep.include({ schemas: [ERROR], status: String(status) });
        expect(error["detail"], what).to.be.a("string").and.not.empty;
        expect(status === 400, what).to.equal(error["scimType"] !== undefined && status !== 409);
      }
      expect(body, what).to.not.contain(theirs.office.id);
    }
    expect(lines.filter(({ level }) => level === "error" || level === "fatal")).to.be.empty;
    expect(await rowsOf(theirs.office.id)).to.deep.equal(before);
    const roles = await asOwner<{ role: string; status: string }>(
      world.database,
      "select role, status from users where office_id = $1",
      [mine.office.id],
    );
    expect(roles.some(({ role, status }) => role === "superuser" && status === "active")).to.equal(true);
    expect(roles.map(({ role }) => role)).to.not.include("support");
  });
});
