import { expect } from "chai";
import { userEditSchema } from "../../../src/domain/users/user-edit.ts";
import { OPERATOR } from "../../support/actors.ts";
import { choosePassword, linkFor, openLink } from "../../support/mailbox.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a link to a new password whose address is edited before it is opened", () => {
  const vestibule = useVestibule({ settings: BY_HAND, office: {}, user: { mail: "spelt@mail.example" } });
  const { services } = vestibule;

  const editTo = async (mail: string) => {
    const stored = await storedUser(services, vestibule.user);
    const edit = userEditSchema.parse({ version: stored.version, mail });
    expect((await services.administration.users.edit(stored, edit, OPERATOR)).type).to.equal("changed");
  };

  it("works where a directory writes the same address in capital letters, and not for another one", async () => {
    const link = await linkFor(vestibule, vestibule.user, "spelt@mail.example");
    await editTo("SPELT@mail.example");
    const browser = vestibule.browser();
    const page = await openLink(browser, link);
    expect(page.status).to.equal(200);
    const done = await choosePassword(browser, page, "copper-anchor-violin-63");
    expect(done.body).to.contain("Your password has been changed");
    expect((await storedUser(services, vestibule.user)).isMailProved).to.equal(true);
    const other = await linkFor(vestibule, vestibule.user, "SPELT@mail.example");
    await editTo("spelled@mail.example");
    expect((await openLink(vestibule.browser(), other)).status).to.equal(400);
  });
});
