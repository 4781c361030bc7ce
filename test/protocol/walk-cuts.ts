import { expect } from "chai";
import { artefacts, livingAfter, type Artefact, type Cut } from "../../scripts/cuts-table.ts";
import { makeArtefacts, openDraft, type Made } from "../support/artefacts.ts";
import { BY_HAND } from "../support/outbox.ts";
import { makeApplications, ProvedPerson } from "../support/proved-person.ts";
import { useResource } from "../support/suite-resource.ts";
import { duringMoment, MINUTE, SECOND } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { CHANGES } from "./cuts.ts";

/**
 * One test for each change: a person with every artefact, the change, and then what is still of use. The change comes in the very
 * second of the proofs.
 */
export function walkCuts(walked: readonly (readonly [Cut | null, string])[]): void {
  const world = useVestibule({ settings: { ...BY_HAND, VESTIBULE_DEVICE_FLOW: "yes" } });
  const applications = useResource(() => makeApplications(world));

  walked.forEach(([cut, title], place) => {
    it(`T121 ${title}`, async () => {
      const second = (Math.floor(Date.now() / SECOND) + 1) * SECOND;
      const long = new Date(second - 10 * MINUTE);
      const mail = `person${String(place)}@mail.example`;
      const person = await duringMoment(long, () => ProvedPerson.make(world, mail));
      const draft = await duringMoment(new Date(second - 6 * MINUTE), () => openDraft(person));
      const made = await duringMoment(new Date(second + 200), () =>
        makeArtefacts(person, applications, draft),
      );
      await duringMoment(new Date(second + 700), () => change(person, made, cut));
      const living = await duringMoment(new Date(second + 2 * SECOND), () => livingOf(made));
      expect(living).to.deep.equal(cut === null ? artefacts() : livingAfter(cut));
    });
  });
}

async function change(person: ProvedPerson, { own }: Made, cut: Cut | null): Promise<void> {
  if (cut !== null) {
    await CHANGES[cut](person, own);
  }
}

async function livingOf({ uses }: Made): Promise<Artefact[]> {
  const living: Artefact[] = [];
  for (const name of artefacts()) {
    if (await uses[name]()) {
      living.push(name);
    }
  }
  return living;
}
