import { z } from "zod";
import type { Page } from "../page.ts";

const form = z.object({});

/** The time to enrol is over. The page says who can help. */
export function enrolmentClosedPage(): Page<z.output<typeof form>> {
  return {
    name: "enrolment-closed",
    view: "sign-in/enrolment-closed",
    form,
    keeps: [],
    show: () => Promise.resolve({}),
    submit: () => Promise.resolve({ type: "go", to: "enrolment-closed" }),
  };
}
