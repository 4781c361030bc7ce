import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readForbiddenPasswords } from "../../../src/domain/credentials/forbidden-passwords.ts";
import { sha1 } from "../../support/range-service.ts";

describe("the operator's list of forbidden passwords", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "vestibule-forbidden-"));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const written = (content: string | Buffer) => {
    const file = join(directory, "list.txt");
    writeFileSync(file, content);
    return file;
  };

  it("T135 has passwords in any case of letters, and hashes of them", () => {
    const hashed = sha1("Zeven Theepotten 7").toLowerCase();
    const list = readForbiddenPasswords(
      written(`# of our company\r\nProject-Zonnebloem-2026\r\n\r\ncafé au lait deux\n${hashed}\n`),
    );
    const found = {
      "as written": list.has("Project-Zonnebloem-2026"),
      "in capitals": list.has("PROJECT-ZONNEBLOEM-2026"),
      "composed otherwise": list.has("Café au lait deux".normalize("NFD")),
      "by its hash": list.has("Zeven Theepotten 7"),
      "the hash itself": list.has(hashed),
      "a longer one": list.has("project-zonnebloem-2026!"),
      "a remark": list.has("# of our company"),
      "an empty line": list.has(""),
    };
    expect(found).to.deep.equal({
      "as written": true,
      "in capitals": true,
      "composed otherwise": true,
      "by its hash": true,
      "the hash itself": false,
      "a longer one": false,
      "a remark": false,
      "an empty line": false,
    });
  });

  it("T135 is never forgotten: what is no list ends the start, in words that show none of it", () => {
    const wrong = {
      "that does not exist": join(directory, "elsewhere.txt"),
      "that is a directory": directory,
      "that is not text": written(Buffer.from([0xff, 0xfe, 0x00, 0x41])),
    };
    for (const [what, file] of Object.entries(wrong)) {
      expect(() => readForbiddenPasswords(file), what).to.throw(
        /^VESTIBULE_FORBIDDEN_PASSWORDS: .* (does|is|cannot)/,
      );
    }
    expect(() => readForbiddenPasswords(written("x".repeat(9 * 1024 * 1024)))).to.throw("larger than 8 MiB");
  });
});
