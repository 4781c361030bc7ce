import { expect } from "chai";
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exposureOf } from "../../src/kernel/private-file.ts";
import { addDataKey, createSecrets } from "../../src/platform/secrets/secrets-file.ts";

const ROOT = 0;
const SERVER = 1000;
const OTHER = 1001;
const READER = { uid: SERVER, groups: [SERVER, 2000] };

const saysOf = (mode: number, uid: number, gid: number, reader: Parameters<typeof exposureOf>[1] = READER) =>
  exposureOf({ mode: 0o100_000 | mode, uid, gid }, reader)?.problem ?? null;

describe("a file of secrets", () => {
  const fine: [string, number, number, number][] = [
    ["that its owner, the server, alone may read", 0o600, SERVER, SERVER],
    ["that the server may read and nobody may change", 0o400, SERVER, SERVER],
    ["of root that the server's own group may read, as a package installs it", 0o640, ROOT, SERVER],
    [
      "of root that a group of the server's may read, as Kubernetes mounts it with fsGroup",
      0o440,
      ROOT,
      2000,
    ],
    ["of root and root's group, as systemd hands credentials over", 0o440, ROOT, ROOT],
  ];
  for (const [what, mode, uid, gid] of fine) {
    it(`is private: one ${what}`, () => {
      expect(saysOf(mode, uid, gid)).to.equal(null);
    });
  }

  const open: [string, number, number, number, string][] = [
    ["that every user may read", 0o644, SERVER, SERVER, "can be read by others (mode 0644)"],
    ["that Kubernetes mounts without a mode", 0o444, ROOT, ROOT, "can be read by others (mode 0444)"],
    ["that others may write", 0o602, SERVER, SERVER, "can be read by others (mode 0602)"],
    ["that the group may change", 0o660, SERVER, SERVER, "can be changed by its group (mode 0660)"],
    [
      "that a strange group may read",
      0o640,
      SERVER,
      3000,
      "can be read by a group (3000) that is not the server's (mode 0640)",
    ],
    ["of another user", 0o640, OTHER, SERVER, "belongs to another user (1001)"],
  ];
  for (const [what, mode, uid, gid, says] of open) {
    it(`is not private: one ${what}`, () => {
      expect(saysOf(mode, uid, gid)).to.equal(says);
    });
  }

  it("may be looked at by root, who types commands about a file that is the server's", () => {
    const root = { uid: ROOT, groups: [ROOT] };
    expect(saysOf(0o600, SERVER, SERVER, root)).to.equal(null);
    expect(saysOf(0o640, ROOT, SERVER, root)).to.equal(null);
    expect(saysOf(0o644, SERVER, SERVER, root)).to.contain("others");
  });

  it("is not judged on Windows, which has no such mode", () => {
    expect(saysOf(0o666, 0, 0, null)).to.equal(null);
  });
});

describe("a secrets file that is changed by a command", () => {
  it("can still be read by the group that could read it, and by nobody else", () => {
    const directory = mkdtempSync(join(tmpdir(), "vestibule-secrets-"));
    const file = join(directory, "secrets.json");
    createSecrets(file);
    const modeAfter = (mode: number) => {
      chmodSync(file, mode);
      addDataKey(file);
      return statSync(file).mode & 0o777;
    };
    const modes = [modeAfter(0o640), modeAfter(0o400), modeAfter(0o644)];
    rmSync(directory, { recursive: true });
    expect(modes).to.deep.equal([0o640, 0o600, 0o640]);
  });
});
