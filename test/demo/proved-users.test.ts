import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useDemo } from "../support/demo.ts";

describe("the demo's users", () => {
  const demo = useDemo();

  it("T134 have proved addresses, each user of its own", async () => {
    const users = await asOwner<{ mail: string; proved: boolean }>(
      demo.vestibule.database,
      "select mail, mail = mail_proved and mail_proved_at is not null as proved from users",
    );
    expect(users.length).to.be.greaterThan(9);
    expect(users.filter(({ proved }) => !proved)).to.deep.equal([]);
    expect(new Set(users.map(({ mail }) => mail)).size).to.equal(users.length);
  });
});
