import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the body of a form", () => {
  const vestibule = useVestibule();
  const post = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
    const answer = await fetch(`http://127.0.0.1:${String(vestibule.settings.port)}/authorize`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body,
      redirect: "manual",
    });
    await answer.text();
    return answer.status;
  };

  it("is read as it was sent", async () => {
    expect(await post("client_id=a&scope=openid")).to.equal(303);
    expect(await post("client_id=a&scope=openid", { "content-encoding": "identity" })).to.equal(303);
  });

  it("T101 is refused when it is compressed: a few bytes could become many", async () => {
    const compressed = new Uint8Array(gzipSync("client_id=a&scope=openid"));
    expect(await post(compressed, { "content-encoding": "gzip" })).to.equal(400);
  });

  it("T101 is refused as too large, however it is sent", async () => {
    expect(await post(`client_id=${"a".repeat(10_000)}`)).to.equal(413);
  });
});
