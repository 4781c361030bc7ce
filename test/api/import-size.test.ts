import { expect } from "chai";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { apiResource } from "../../src/domain/applications/own-application.ts";
import { IMPORT_LIMITS } from "../../src/domain/users/user-import-model.ts";
import { UserImportStore } from "../../src/domain/users/user-import-store.ts";
import { apiClient, apiToken, type ApiClient } from "../support/api-client.ts";
import { aroundMethod } from "../support/around-method.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import type { TestOffice } from "../support/people.ts";
import { sendRaw } from "../support/raw-http.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** A line as long as one may be, so that a file of the limit has few. */
const LINE = (row: number) => `user-${String(row)},${"x".repeat(3_900)}\r\n`;
/** What the sockets of two processes hold between them, and a few pieces on the way. */
const ON_THE_WAY = 16_000_000;

/** A file that is sent piece by piece without saying how long it is. */
class EndlessFile {
  readonly #socket: Socket;
  readonly #closed: Promise<unknown>;
  #answer = "";
  #row = 0;
  isOver = false;

  constructor(port: number, head: readonly string[]) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("data", (data: Buffer) => (this.#answer += data.toString()));
    this.#closed = new Promise((resolve) => this.#socket.once("close", resolve)).finally(
      () => (this.isOver = true),
    );
    // A server that has answered closes what is still being sent.
    this.#socket.on("error", () => (this.isOver = true));
    this.#socket.write([...head, "Transfer-Encoding: chunked", "", ""].join("\r\n"));
    this.#write("username,name\r\n");
  }

  #write(text: string): boolean {
    return this.#socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  }

  /** Sends lines of so many bytes, or fewer when the server ends the connection. */
  async send(bytes: number): Promise<void> {
    for (let written = 0; !this.isOver && written < bytes;) {
      const text = LINE((this.#row += 1));
      written += text.length;
      if (!this.#write(text)) {
        await Promise.race([once(this.#socket, "drain").catch(() => undefined), this.#closed]);
      }
    }
  }

  /** Bytes that have left this process. */
  get taken(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  get answer(): string {
    return this.#answer;
  }

  end(): void {
    this.#socket.destroy();
  }
}

const isWhole = (answer: string): boolean => answer.includes("requestId");

describe("a file of users that is too large", function () {
  this.timeout(120_000);
  const world = useVestibule({ user: {} });
  let api: ApiClient;
  let office: TestOffice;
  let token = "";
  beforeEach(async () => {
    office = await world.makeOffice();
    api = await apiClient(world, office);
    token = await apiToken(world.browser(), api.application, ["users:write", "users:roles"]);
  });

  const port = () => Number(new URL(apiResource(world.browser().issuer)).port);
  const head = () => [
    `POST /api/v1/offices/${office.id}/imports HTTP/1.1`,
    ...["Host: localhost", `Authorization: Bearer ${token}`, "Content-Type: text/csv"],
  ];
  const left = async () => ({
    users: await asOwner(world.database, "select id from users where office_id = $1", [office.id]),
    rows: await asOwner(world.database, "select id from import_rows where office_id = $1", [office.id]),
  });

  it("T229 is refused before it is read where it says its size", async () => {
    const request = [...head(), `Content-Length: ${String(IMPORT_LIMITS.bytes + 1)}`, "", "username,name"];
    const answer = await sendRaw(port(), request.join("\r\n"));
    expect(answer).to.match(/^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n[^]*"code":"too-large"/i);
    expect(await left()).to.deep.equal({ users: [], rows: [] });
  });

  it("T229 is refused while it is read where it does not, and nothing is left of it", async () => {
    const file = new EndlessFile(port(), head());
    await file.send(IMPORT_LIMITS.bytes);
    const answer = await eventually(() => Promise.resolve(file.answer), isWhole);
    expect(answer).to.match(/^HTTP\/1\.1 413 [^]*"code":"too-large"/);
    expect(await left()).to.deep.equal({ users: [], rows: [] });
  });

  it("T229 that never ends is cut off at the limit", async () => {
    const file = new EndlessFile(port(), head());
    await file.send(Infinity);
    expect(file.taken)
      .to.be.at.least(IMPORT_LIMITS.bytes)
      .and.below(IMPORT_LIMITS.bytes + ON_THE_WAY);
    expect(await left()).to.deep.equal({ users: [], rows: [] });
  });

  it("T229 waits outside while what came before is stored, and not in memory", async () => {
    const storing = Promise.withResolvers<undefined>();
    let isStoring = false;
    const restore = aroundMethod(UserImportStore, "stage", async (stage) => {
      isStoring = true;
      await storing.promise;
      return stage();
    });
    const file = new EndlessFile(port(), head());
    const sent = file.send(2 * IMPORT_LIMITS.bytes);
    try {
      await eventually(() => Promise.resolve(isStoring), Boolean);
      // The server has had time for other requests, and for what it would have taken.
      for (let count = 0; count < 20; count += 1) {
        expect((await api.get(`/offices/${office.id}/imports`)).status).to.equal(200);
      }
      expect(file.taken).to.be.below(ON_THE_WAY);
    } finally {
      restore();
      storing.resolve(undefined);
    }
    file.end();
    await sent;
    await eventually(left, ({ users, rows }) => users.length === 0 && rows.length === 0);
  });
});
