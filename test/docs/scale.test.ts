import { readFileSync } from "node:fs";
import { expect } from "chai";
import { newLinkToken } from "../../src/domain/credentials/one-time-link.ts";
import { idAt, tokenAt } from "../../src/kernel/home.ts";
import { randomId, randomToken } from "../../src/kernel/random.ts";
import { Provider } from "../../src/protocol/library.ts";

const HOME = 15;
/** Of a UUID of version 4 (RFC 9562 section 5.4). */
const FIXED = 6;

/** Bits of a text in base64url, no more than the bytes that it was made of. */
const bitsOf = (text: string): number => Math.floor((text.length * 6) / 8) * 8;

/** An id as the library makes those that we leave to it. */
const ofLibrary = (): string => {
  const { PushedAuthorizationRequest } = new Provider("https://id.example.com", {});
  return (
    Reflect.construct(PushedAuthorizationRequest, []) as { generateTokenId(): string }
  ).generateTokenId();
};

const MADE: Readonly<Record<string, number>> = {
  "session, authorization code, access or refresh token": bitsOf(tokenAt(0)) - HOME,
  "grant, device code, token of a machine": bitsOf(tokenAt(0)) - HOME,
  "interaction, pushed request": ofLibrary().length * 6 - HOME,
  "link in a mail (names its office, then random)": bitsOf(newLinkToken(randomId()).reveal()) - 128,
  "trust of a browser (names no home, found by user)": bitsOf(randomToken()),
  "address of a logo (opens nothing)": bitsOf(tokenAt(0, 16)) - HOME,
  "user, message, job, import, approval (open nothing)":
    idAt(0).replaceAll("-", "").length * 4 - FIXED - HOME,
};

describe("docs/scale.md", () => {
  const rows = [...readFileSync("docs/scale.md", "utf8").matchAll(/^\| (.+?) +\| +(\d+) \|$/gm)].map(
    ([, id = "", bits = ""]) => [id, Number(bits)] as const,
  );

  it("says how many random bits each id has behind its home", () => {
    expect(Object.fromEntries(rows)).to.deep.equal(MADE);
  });

  it("has at least 128 of them for everything that opens something", () => {
    const opening = rows.filter(([id]) => !/opens? nothing/.test(id));
    expect(opening).to.have.lengthOf(5);
    opening.forEach(([id, bits]) => expect(bits, id).to.be.at.least(128));
  });
});
