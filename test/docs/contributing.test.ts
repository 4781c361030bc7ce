import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

interface Question {
  readonly question: string;
  /** From the README to the file that answers. */
  readonly way: readonly string[];
  readonly hops: number;
  readonly lookFor: string;
}

const questions: Question[] = read("CONTRIBUTING.md")
  .split("\n")
  .filter((line) => line.startsWith("| ") && line.includes("→"))
  .map((line) => {
    const [, question = "", way = "", hops = "", lookFor = ""] = line.split("|").map((cell) => cell.trim());
    return {
      question,
      way: way.split("→").map((step) => step.trim().replaceAll("`", "")),
      hops: Number(hops),
      lookFor: lookFor.replaceAll("`", ""),
    };
  });

describe("a newcomer's questions in CONTRIBUTING.md", () => {
  it("are thirty-one, each with a way that begins at the README", () => {
    expect(questions).to.have.length(31);
    questions.forEach(({ way, question }) => expect(way[0], question).to.equal("README.md"));
  });

  it("are answered as many hops away as they say", () => {
    questions.forEach(({ way, hops, question }) => expect(way.length - 1, question).to.equal(hops));
  });

  it("are answered by a way of which each file names the next", () => {
    for (const { way, question } of questions) {
      way.slice(1).forEach((next, place) => {
        expect(read(way[place] ?? ""), `${question} ${way[place] ?? ""}`).to.contain(basename(next));
      });
    }
  });

  it("find in the last file what they lead the reader to", () => {
    questions.forEach(({ way, lookFor, question }) => {
      expect(read(way.at(-1) ?? ""), question).to.contain(lookFor);
    });
  });
});

describe("the first change in CONTRIBUTING.md", () => {
  it("changes a text that the sign-in page has, in every language", () => {
    const [, key = ""] = /give `([\w.]+)` other words/.exec(read("CONTRIBUTING.md")) ?? [];
    expect(read("views/sign-in/password.njk")).to.contain(`t("${key}")`);
    for (const language of ["en", "nl", "de", "fr"]) {
      expect(read(`views/locales/${language}.json`)).to.contain(`"${key}": `);
    }
  });
});
