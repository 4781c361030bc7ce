import { expect } from "chai";
import { makeApplication } from "../support/people.ts";
import { useLocalSite } from "../support/local-site.ts";
import { entriesOf, onPage, sendIn } from "../support/pages.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser, type Visitor } from "../support/visitors.ts";
import { useResource } from "../support/suite-resource.ts";

describe("T104 a page of another origin", () => {
  const open = useBrowser();
  // Frames the address in its query.
  const site = useLocalSite((incoming, response) => {
    const address = new URL(incoming.url ?? "/", "http://localhost").searchParams.get("frame");
    response.setHeader("Content-Type", "text/html");
    response.end(
      address === null
        ? "<title>Framed</title><h1>Framed</h1>"
        : `<title>Around</title><iframe src="${address.replaceAll("&", "&amp;")}" width="800" height="800"></iframe>`,
    );
  });
  // Another origin of the same host, so that the browser sends our cookies into the frame: the hardest case.
  const around = () => `http://localhost:${String(site())}`;
  const vestibule = useVestibule({ office: { code: "NOORD" }, user: {} });
  const firstParty = useResource(() => makeApplication(vestibule.services));
  const thirdParty = useResource(() => makeApplication(vestibule.services, { firstParty: false }));

  /** What the frame shows: the heading of a page, or nothing, and then the browser has said why. */
  async function framed({ page, complaints }: Visitor, address: string): Promise<string> {
    await page.goto(`${around()}/?frame=${encodeURIComponent(address)}`);
    const [frame] = page.frames().slice(1);
    const heading = frame?.getByRole("heading", { level: 1 });
    if ((await heading?.count()) !== 0) {
      return (await heading?.innerText()) ?? "";
    }
    const reasons = complaints.splice(0).join("\n");
    return /frame-ancestors 'none'/.test(reasons) ? "" : `blocked for another reason: ${reasons}`;
  }

  it("can frame what allows it, so that the rest of this suite means something", async () => {
    expect(await framed(await open(), around())).to.equal("Framed");
  });

  it("cannot frame the sign-in", async () => {
    const visitor = await open();
    const { url } = authorizationRequest(vestibule.issuer, firstParty);
    expect(await framed(visitor, url)).to.equal("");
    await visitor.page.goto(url);
    expect(await framed(visitor, visitor.page.url())).to.equal("");
  });

  it("cannot frame the consent of a user who is signed in", async () => {
    const visitor = await open();
    const { page } = visitor;
    await page.goto(authorizationRequest(vestibule.issuer, thirdParty).url);
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Allow access?");
    expect(await framed(visitor, authorizationRequest(vestibule.issuer, thirdParty).url)).to.equal("");
  });

  it("cannot frame the sign-out of a user who is signed in", async () => {
    const visitor = await open();
    await visitor.page.goto(authorizationRequest(vestibule.issuer, firstParty).url);
    await sendIn(visitor.page, entriesOf(vestibule.user));
    await onPage(visitor.page, "Arrived");
    expect(await framed(visitor, `${vestibule.issuer}/sign-out?client_id=${firstParty.id}`)).to.equal("");
  });

  for (const path of [
    "/",
    "/o/NOORD",
    "/forgot-password",
    "/which-office-code",
    "/outbox",
    "/nowhere",
    "/authorize",
  ]) {
    it(`cannot frame ${path}`, async () => {
      expect(await framed(await open(), `${vestibule.issuer}${path}`)).to.equal("");
    });
  }
});
