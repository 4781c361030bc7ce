import { expect } from "chai";
import { captureLog, type LogLine } from "../../support/log-capture.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const IGNORED = "scopes of a request were ignored";
const OUTSIDE = "an application asked for claims of scopes that it did not ask for";

describe("warnings about what is left out of a request", () => {
  const vestibule = useVestibule();

  const warnings = async (message: string, changes: readonly Record<string, string>[]) => {
    const application = await vestibule.makeApplication();
    const lines: LogLine[] = captureLog(vestibule.services.log);
    for (const change of changes) {
      await vestibule.browser().get(vestibule.request(change, application).url);
    }
    return lines.filter(({ msg, level }) => msg === message && level === "warn");
  };
  const times = <Item>(count: number, make: (place: number) => Item): Item[] =>
    Array.from({ length: count }, (_, place) => make(place));
  const claims = (...names: string[]) =>
    JSON.stringify({ id_token: Object.fromEntries(names.map((name) => [name, null])) });

  it("T145 are one for what comes again and again", async () => {
    expect(
      await warnings(
        IGNORED,
        times(15, () => ({ scope: "openid admin" })),
      ),
    ).to.have.lengthOf(1);
    const asked = { scope: "openid", claims: claims("email") };
    expect(
      await warnings(
        OUTSIDE,
        times(15, () => asked),
      ),
    ).to.have.lengthOf(1);
  });

  it("T145 are ten a minute of an application, however many ways a stranger finds", async () => {
    const scopes = times(25, (place) => ({ scope: `openid made-up-${String(place)}` }));
    expect(await warnings(IGNORED, scopes)).to.have.lengthOf(10);
  });
});
