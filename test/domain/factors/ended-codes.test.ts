import { expect } from "chai";
import type { User } from "../../../src/domain/users/user.ts";
import { asOwner } from "../../support/database.ts";
import { giveNumber, makeSmsOffice, newNumber, storedUser } from "../../support/mobile-numbers.ts";
import { settleOutbox } from "../../support/outbox.ts";
import { makeUser, TESTER, type TestUser } from "../../support/people.ts";
import { giveApp, resetFactor } from "../../support/second-factor.ts";
import { useServices } from "../../support/use-vestibule.ts";

const HELP = { by: TESTER, reason: "phone lost, called back" };
const SAID = "recovery codes no longer work";

describe("T147 recovery codes, when an administrator changes a number", () => {
  const world = useServices();
  const { services, database } = world;
  let user: TestUser;
  let stored: User;

  beforeEach(async () => {
    user = await makeUser(services, await makeSmsOffice(services));
    stored = await storedUser(services, user);
  });

  const codesLeft = async () =>
    (await services.secondFactor.factorStatus.find({ id: user.id, officeId: user.office.id })).codesLeft;
  const giveCodes = async () => {
    const { save } = await services.secondFactor.recoveryCodes.prepare();
    const person = { id: user.id, officeId: user.office.id };
    await services.database.inOffice(person.officeId, (tx) => save(tx, person, new Date(Date.now())));
  };
  const lastMail = async (): Promise<string> => {
    await settleOutbox(database);
    const sql = "select body from outbox_messages where channel = 'mail' order by id desc limit 1";
    return (await asOwner<{ body: string }>(database, sql))[0]?.body ?? "";
  };
  const lastEvent = async () => {
    const sql =
      "select type, details from audit_events where subject = $1 and type like 'number.%' order by id desc limit 1";
    return (await asOwner<{ details: Record<string, unknown> }>(database, sql, [user.id]))[0]?.details;
  };

  it("stay while an app is confirmed, and the mail speaks of no loss", async () => {
    await giveApp(services, user);
    await giveNumber(services, user);
    expect(await services.administration.factors.enterNumber(stored, newNumber(), HELP)).to.deep.equal({
      type: "set",
      codesEnded: 0,
    });
    expect(await codesLeft()).to.equal(6);
    expect(await lastMail()).to.not.contain(SAID);
    await giveNumber(services, user);
    expect(await services.administration.factors.deleteNumber(stored, HELP)).to.include({
      type: "removed",
      codesEnded: 0,
    });
    expect(await codesLeft()).to.equal(6);
    expect(await lastMail()).to.not.contain(SAID);
  });

  it("end with the last factor that is replaced, and the mail and the audit log say so", async () => {
    await giveNumber(services, user);
    await giveCodes();
    expect(await services.administration.factors.enterNumber(stored, newNumber(), HELP)).to.deep.equal({
      type: "set",
      codesEnded: 6,
    });
    expect(await codesLeft()).to.equal(0);
    expect(await lastMail()).to.contain(SAID);
    expect(await lastEvent()).to.include({ recoveryCodesEnded: 6 });
  });

  it("end with the last factor that is deleted, and the mail and the audit log say so", async () => {
    await giveNumber(services, user);
    await giveCodes();
    expect(await services.administration.factors.deleteNumber(stored, HELP)).to.include({
      type: "removed",
      codesEnded: 6,
    });
    expect(await lastMail()).to.contain(SAID);
    expect(await lastEvent()).to.include({ recoveryCodesEnded: 6 });
  });

  it("are not spoken of where there were none", async () => {
    await giveNumber(services, user);
    await services.administration.factors.deleteNumber(stored, HELP);
    expect(await lastMail()).to.not.contain(SAID);
    expect(await lastEvent()).to.not.have.property("recoveryCodesEnded");
  });

  it("end with a reset, whose mail says so", async () => {
    await giveApp(services, user);
    await resetFactor(services, stored, "phone lost");
    expect(await lastMail())
      .to.contain("Your second factor")
      .and.contain(SAID);
  });

  it("leave no empty set behind, which lists would count as few codes", async () => {
    await giveApp(services, user);
    await resetFactor(services, stored, "phone lost");
    expect(
      await asOwner(database, "select user_id from recovery_code_sets where user_id = $1", [user.id]),
    ).to.deep.equal([]);
  });

  it("are no matter of a user who had nothing: the mail speaks of the set-up alone", async () => {
    await resetFactor(services, stored, "came too late");
    const mail = await lastMail();
    expect(mail).to.contain("set up your second factor").and.not.contain("was reset");
    expect(mail).to.not.contain(SAID);
  });
});
