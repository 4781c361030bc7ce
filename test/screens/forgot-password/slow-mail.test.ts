import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import type { Page } from "../../support/http-browser.ts";
import { useMailStandIn } from "../../support/mail-stand-in.ts";
import { askForLink, namesOf } from "../../support/mailbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { newBrowser } from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("asking for a link while the mail server takes its time", () => {
  let user: TestUser;
  let release: () => void;
  let made = 0;

  const server = useMailStandIn();
  const vestibule = useVestibule({ settings: () => server.environment, office: {} });
  const { office } = vestibule;
  beforeEach(async () => {
    made += 1;
    user = await makeUser(vestibule.services, office, { mail: `slow${String(made)}@mail.example` });
    release = server.hold();
  });
  afterEach(() => {
    release();
  });

  const ask = async (username = user.username) =>
    seen(await askForLink(newBrowser(vestibule), { ...namesOf(user), username }));
  const taken = () => server.taken.filter(({ to }) => to.includes(`slow${String(made)}@mail.example`)).length;
  const states = async () => {
    const text = "select state from messages where channel = 'mail' order by made_at desc limit 10";
    return (await asOwner<{ state: string }>(vestibule.database, text)).map(({ state }) => state);
  };

  it("T6 answers known, unknown and disabled people alike while the first mail is still in the server's hand", async () => {
    const disabled = await makeUser(vestibule.services, office, { mail: "disabled@mail.example" });
    await asOwner(vestibule.database, "update users set status = 'disabled' where id = $1", [disabled.id]);
    const known = await ask();
    await eventually(
      () => Promise.resolve(taken()),
      (count) => count > 0,
    );
    expect(taken(), "the server has the mail and says nothing").to.equal(1);
    expect(await ask("nobody"), "unknown").to.deep.equal(known);
    expect(await ask(disabled.username), "disabled").to.deep.equal(known);
    expect(await ask(), "known").to.deep.equal(known);
    expect(await states())
      .to.include("sending")
      .and.not.include("sent");
    release();
    await eventually(states, (all) => all.every((state) => state === "sent"));
    expect(await states()).to.deep.equal(["sent", "sent"]);
    expect(server.newest("disabled@mail.example")).to.equal(undefined);
  });

  it("T6 sends five mails an hour and no sixth, and the page says nothing of it", async () => {
    const pages = [];
    for (let tries = 0; tries < 6; tries += 1) {
      pages.push(await ask());
    }
    for (const page of pages) {
      expect(page).to.deep.equal(pages[0]);
    }
    release();
    await eventually(states, (all) => all.every((state) => state === "sent"));
    expect(taken()).to.equal(5);
  });
});

/** A page without what differs each time. */
function seen({ status, url, headers, body, setCookies }: Page) {
  const masked = body.replace(/nonce="[^"]*"|value="[^"]*"/g, "");
  const cookies = setCookies.map((line) => line.split("=")[0]);
  return { status, url, headers: Object.keys(headers).sort(), body: masked, cookies };
}
