import { expect } from "chai";
import { inspect } from "node:util";
import { userInfo } from "node:os";
import { AddressFault } from "../../../src/platform/database/address-parameters.ts";
import { clearTextHosts, readDatabaseAddress } from "../../../src/platform/database/database-address.ts";
import { hostName } from "../../../src/platform/database/database-host.ts";
import { verifiedOf } from "../../../src/platform/database/database-tls.ts";
import { Secret } from "../../../src/kernel/secret.ts";

const read = (text: string) => readDatabaseAddress(new Secret(text));
const hostsOf = (text: string) => read(text).hosts.map(hostName);

/** Why an address is refused; empty when it is accepted. */
function faultOf(text: string): string {
  try {
    read(text);
    return "";
  } catch (error) {
    if (error instanceof AddressFault) {
      return error.message;
    }
    throw error;
  }
}

describe("the address of a database", () => {
  it("names user, password, host, port and database", () => {
    const { user, password, database } = read("postgres://anna:pw@db.example.com:6000/vestibule");
    expect([user, password?.reveal(), database]).to.deep.equal(["anna", "pw", "vestibule"]);
    expect(hostsOf("postgresql://anna:pw@db.example.com:6000/vestibule")).to.deep.equal([
      "db.example.com:6000",
    ]);
  });

  it("leaves out what libpq lets one leave out", () => {
    const { user, password, database, hosts } = read("postgres://db.example.com");
    expect(user).to.equal(userInfo().username);
    expect([password, database, hosts]).to.deep.equal([null, user, [{ host: "db.example.com", port: 5432 }]]);
  });

  it("takes several hosts in their order, each with its port", () => {
    expect(
      hostsOf("postgres://a@one:5433,two,[::1]:5434,10.0.0.7/db?target_session_attrs=read-write"),
    ).to.deep.equal(["one:5433", "two:5432", "[::1]:5434", "10.0.0.7:5432"]);
  });

  it("takes hosts and ports from its parameters", () => {
    expect(hostsOf("postgres:///db?host=one,two&port=5433,5434")).to.deep.equal(["one:5433", "two:5434"]);
    expect(hostsOf("postgres:///db?host=one,two&port=6000")).to.deep.equal(["one:6000", "two:6000"]);
    expect(hostsOf("postgres://one,two/db?port=6000")).to.deep.equal(["one:6000", "two:6000"]);
  });

  it("takes the directory of a Unix socket, as a parameter or percent-encoded", () => {
    const expected = [{ host: "/var/run/postgresql", port: 5432 }];
    expect(read("postgres:///db?host=/var/run/postgresql").hosts).to.deep.equal(expected);
    expect(read("postgres://anna@%2Fvar%2Frun%2Fpostgresql/db").hosts).to.deep.equal(expected);
    expect(read("postgres://%2Fvar%2Frun%2Fpostgresql:6000/db").hosts[0]?.port).to.equal(6000);
  });

  it("decodes what is percent-encoded, and leaves a plus a plus", () => {
    const { user, password, database } = read("postgres://an%40na:p%2F%3F%40%25+#:w@host/my%20db");
    expect([user, password?.reveal(), database]).to.deep.equal(["an@na", "p/?@%+#:w", "my db"]);
  });

  it("takes user, password and database from its parameters", () => {
    const { user, password, database } = read("postgres://host?user=anna&password=p%26w&dbname=db");
    expect([user, password?.reveal(), database]).to.deep.equal(["anna", "p&w", "db"]);
  });

  it("waits for one host longer than for each of several", () => {
    expect(read("postgres://one/db").connectSeconds).to.equal(5);
    expect(read("postgres://one,two/db").connectSeconds).to.equal(2);
    expect(read("postgres://one,two/db?connect_timeout=9").connectSeconds).to.equal(9);
  });

  it("never prints its password", () => {
    const address = read(
      "postgres://anna:marker-pw@one,two/db?sslmode=verify-full&sslrootcert=a&sslcert=b&sslkey=c&sslpassword=marker-key",
    );
    expect(inspect(address, { depth: 9 }) + JSON.stringify(address)).to.not.contain("marker");
  });
});

describe("TLS of a database's address", () => {
  const tls = (query: string) => read(`postgres://db.example.com/db?${query}`).tls;

  it("means by sslmode what libpq means", () => {
    expect(verifiedOf(tls("sslmode=require"))).to.equal("nothing");
    expect(verifiedOf(tls("sslmode=require&sslrootcert=ca.pem"))).to.equal("authority");
    expect(verifiedOf(tls("sslmode=verify-ca&sslrootcert=ca.pem"))).to.equal("authority");
    expect(verifiedOf(tls("sslmode=verify-full&sslrootcert=ca.pem"))).to.equal("host");
    expect(verifiedOf(tls("sslrootcert=system"))).to.equal("host");
  });

  it("says which hosts are spoken to in clear text", () => {
    const clear = (text: string) => clearTextHosts(read(text)).map(({ host }) => host);
    expect(clear("postgres://one,127.0.0.1,localhost,[::1],10.1.2.3/db")).to.deep.equal(["one", "10.1.2.3"]);
    expect(clear("postgres://one,two/db?sslmode=disable")).to.deep.equal(["one", "two"]);
    expect(clear("postgres://one/db?sslmode=require")).to.be.empty;
    expect(clear("postgres:///db?host=/tmp")).to.be.empty;
    // A name that only begins like a loopback address.
    expect(clear("postgres://127.0.0.1.example.com/db")).to.deep.equal(["127.0.0.1.example.com"]);
  });
});

describe("an address that cannot be meant", () => {
  const refusals: [string, string, RegExp][] = [
    ["another scheme", "mysql://anna@host/db", /must be a PostgreSQL address/],
    ["a list of words", "host=one dbname=db", /must be a PostgreSQL address/],
    ["no host", "postgres:///db", /names no host/],
    ["an empty host in a list", "postgres://one,,two/db", /empty host/],
    ["a port that is none", "postgres://one:0/db", /port that is not a number/],
    ["a port beyond all", "postgres://one:65536/db", /port that is not a number/],
    ["two ports for three hosts", "postgres:///db?host=a,b,c&port=1,2", /2 ports for 3 hosts/],
    ["ports in two places", "postgres://a:1,b/db?port=2", /names its ports twice/],
    ["hosts in two places", "postgres://a/db?host=b", /names its hosts twice/],
    ["databases in two places", "postgres://a/db?dbname=other", /names its database twice/],
    ["an IPv6 address without brackets", "postgres://::1/db", /brackets/],
    ["brackets around something else", "postgres://[one]/db", /brackets/],
    ["a parameter that nobody knows", "postgres://a/db?sslmod=require", /unknown parameter "sslmod"/],
    ["a parameter twice", "postgres://a/db?sslmode=require&sslmode=disable", /sslmode twice/],
    ["a parameter without a value", "postgres://a/db?sslmode", /name=value/],
    ["a parameter with two values", "postgres://a/db?sslmode=a=b", /name=value/],
    ["start-up options", "postgres://a/db?options=-c%20role%3Dx", /alter role/],
    ["another name for a connection", "postgres://a/db?application_name=x", /names its connections itself/],
    ["the parameter ssl of others", "postgres://a/db?ssl=true", /sslmode=verify-full/],
    ["channel binding", "postgres://a/db?channel_binding=require", /channel_binding, which is not supported/],
    ["TLS that gives way", "postgres://a/db?sslmode=prefer", /gives way to clear text/],
    ["TLS that only follows", "postgres://a/db?sslmode=allow", /gives way to clear text/],
    ["an sslmode that is not libpq's", "postgres://a/db?sslmode=no-verify", /it can be disable, require/],
    ["verification without an authority", "postgres://a/db?sslmode=verify-full", /without sslrootcert/],
    [
      "every authority for every host",
      "postgres://a/db?sslmode=verify-ca&sslrootcert=system",
      /verify-full only/,
    ],
    ["an authority for clear text", "postgres://a/db?sslrootcert=ca.pem", /TLS without TLS/],
    ["a certificate without its key", "postgres://a/db?sslmode=require&sslcert=a", /needs its key/],
    ["a standby", "postgres://a,b/db?target_session_attrs=standby", /it can be read-write, primary or any/],
    ["any of several hosts", "postgres://a,b/db?target_session_attrs=any", /one may be read-only/],
    ["a limit that is none", "postgres://a/db?connect_timeout=0", /seconds from 1 to 60/],
    ["a broken percent-encoding", "postgres://a:p%zz@b/db", /broken percent-encoding/],
    ["a zero byte", "postgres://a:p%00@b/db", /broken percent-encoding/],
  ];
  for (const [what, text, reason] of refusals) {
    it(`is refused for ${what}`, () => {
      expect(faultOf(text)).to.match(reason);
    });
  }

  const LEAKY = ["marker/pw", "marker?pw", "marker@pw", "mark%er", "marker,pw", "marker&pw=1", "x:marker/pw"];
  for (const password of LEAKY) {
    it(`shows nothing of the password ${password} that was not encoded`, () => {
      for (const address of [
        `postgres://anna:${password}@host/db`,
        `postgres://anna:${password}`,
        `postgres://${password}`,
      ]) {
        expect(faultOf(address), address).to.not.match(/mark|anna/);
      }
    });
  }
});
