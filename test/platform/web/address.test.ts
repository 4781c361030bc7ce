import { expect } from "chai";
import { addressGroup, plainAddress } from "../../../src/platform/web/address.ts";

describe("a network address", () => {
  it("T49 is the same subscriber's in every writing", () => {
    const writings = {
      "203.0.113.7": ["203.0.113.7", "::ffff:203.0.113.7", "::FFFF:203.0.113.7", "203.0.113.7:50123"],
      "2001:db8:0:7::/64": [
        "2001:db8:0:7::1",
        "2001:DB8:0:7:ffff:ffff:ffff:ffff",
        "2001:0db8:0000:0007:0000:0000:0000:0001",
        "2001:db8:0:7:1::%eth0",
        "[2001:db8:0:7::1]",
        "[2001:db8:0:7::1]:443",
      ],
      "0:0:0:0::/64": ["::1", "0:0:0:0:0:0:0:1"],
      "fe80:0:0:0::/64": ["fe80::1", "fe80::1%lo"],
      "64:ff9b:0:0::/64": ["64:ff9b::203.0.113.7"],
      "1:0:0:4::/64": ["1:0:0:4:5:6:7:8", "1::4:5:6:7:8"],
    };
    for (const [group, addresses] of Object.entries(writings)) {
      for (const address of addresses) {
        expect(addressGroup(plainAddress(address) ?? ""), address).to.equal(group);
      }
    }
  });

  it("T49 is none when it is a name, a number or a trick", () => {
    for (const text of [
      "",
      "unknown",
      "localhost",
      "_hidden",
      "999.1.1.1",
      "1.2.3",
      "1.2.3.4, 5.6.7.8",
      "[::1",
      "::1]:80",
    ]) {
      expect(plainAddress(text), text).to.equal(null);
    }
  });
});
