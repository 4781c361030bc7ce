import { z } from "zod";
import { port, yesOrNo, type Setting } from "./setting.ts";

/** The management listener; a part of the settings table. */
export const managementSettings = [
  {
    name: "VESTIBULE_MANAGEMENT_PORT",
    schema: port.optional(),
    byDefault: "none",
    description:
      "Port of a listener of its own for `/metrics`, `/health/live` and `/health/ready`, of a server as well as of a worker. Without it nothing is measured. docs/metrics.md lists what is.",
  },
  {
    name: "VESTIBULE_MANAGEMENT_HOST",
    schema: z.string().min(1).default("127.0.0.1"),
    byDefault: "127.0.0.1",
    description:
      "Address of that listener. It asks for no password: with another address, let the network see to it that none but your monitoring reaches it.",
  },
  {
    name: "VESTIBULE_METRICS_OFFICES",
    schema: yesOrNo.default(false),
    byDefault: "no",
    description:
      "`yes` gives metrics about sign-ins a label with the id of the office, up to 2,000 values of each metric. Who sees the metrics then sees how active each customer is.",
  },
] as const satisfies readonly Setting[];

interface Given {
  readonly VESTIBULE_MANAGEMENT_PORT?: number | undefined;
  readonly VESTIBULE_MANAGEMENT_HOST: string;
  readonly VESTIBULE_METRICS_OFFICES: boolean;
}

/** The management listener; its port is null where there is none. */
export interface ManagementSettings {
  readonly port: number | null;
  readonly host: string;
  readonly namesOffices: boolean;
}

export const shapeManagement = (given: Given): { management: ManagementSettings } => ({
  management: {
    port: given.VESTIBULE_MANAGEMENT_PORT ?? null,
    host: given.VESTIBULE_MANAGEMENT_HOST,
    namesOffices: given.VESTIBULE_METRICS_OFFICES,
  },
});

/** A port that two listeners cannot share. On another address it would work, and be taken for the other one. */
export function managementFaults({
  management,
  port: own,
  demo,
}: {
  readonly management: ManagementSettings;
  readonly port: number;
  readonly demo: { readonly enabled: boolean; readonly port: number };
}): string[] {
  const taken = [own, ...(demo.enabled ? [demo.port] : [])];
  return management.port !== null && taken.includes(management.port)
    ? ["VESTIBULE_MANAGEMENT_PORT: must be another port than PORT and VESTIBULE_DEMO_PORT"]
    : [];
}
