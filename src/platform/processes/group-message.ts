import { z } from "zod";

/** What the primary process tells one that it has started. */
export const toProcessSchema = z.discriminatedUnion("vestibule", [
  /** Stop as a server does; `isHurried`: no load balancer is waited for. */
  z.object({ vestibule: z.literal("stop"), reason: z.string(), isHurried: z.boolean() }),
  /** Another one with the same number serves now: finish what was begun, and end. */
  z.object({ vestibule: z.literal("replaced") }),
  z.object({ vestibule: z.literal("live"), live: z.number() }),
]);
export type ToProcess = z.output<typeof toProcessSchema>;

/** What a process tells the primary: it serves. */
export const readySchema = z.object({ vestibule: z.literal("ready"), greeting: z.string() });
export type Ready = z.output<typeof readySchema>;
