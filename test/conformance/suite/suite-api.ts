import { z } from "zod";

/** A module as a plan lists it. */
const moduleSchema = z.object({
  testModule: z.string(),
  variant: z.record(z.string(), z.string()).nullish(),
});
const planSchema = z.object({ id: z.string(), modules: z.array(moduleSchema) });
const infoSchema = z.object({ status: z.string(), result: z.string().nullish() });
const browserSchema = z.object({ urls: z.array(z.string()).default([]) });
const entrySchema = z.object({
  src: z.string().default(""),
  msg: z.string().default(""),
  result: z.string().optional(),
  upload: z.string().optional(),
});

export type SuiteModule = z.output<typeof moduleSchema>;
export type SuitePlan = z.output<typeof planSchema>;
export type SuiteInfo = z.output<typeof infoSchema>;
export type LogEntry = z.output<typeof entrySchema>;

interface Body {
  readonly type: string;
  readonly text: string;
}

/** The interface of a running suite that this needs; `token` is an API token of the public service. */
export class SuiteApi {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(base: string, token: string | undefined) {
    this.#base = base;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** The suite's version. */
  async version(): Promise<string> {
    const answer = await this.#ask("GET", "/api/server", {});
    return z.looseObject({ version: z.string() }).parse(answer).version;
  }

  async makePlan(planName: string, variant: object, configuration: unknown): Promise<SuitePlan> {
    const query = { planName, variant: JSON.stringify(variant) };
    const body = { type: "application/json", text: JSON.stringify(configuration) };
    return planSchema.parse(await this.#ask("POST", "/api/plan", query, body));
  }

  /** Starts a module of a plan and answers its id. */
  async start(plan: SuitePlan, { testModule, variant }: SuiteModule): Promise<string> {
    const query = { test: testModule, plan: plan.id, variant: JSON.stringify(variant ?? {}) };
    return z.object({ id: z.string() }).parse(await this.#ask("POST", "/api/runner", query)).id;
  }

  /** Goes on with a module that waits to be started. */
  async goOn(id: string): Promise<void> {
    await this.#ask("POST", `/api/runner/${id}`, {});
  }

  async info(id: string): Promise<SuiteInfo> {
    return infoSchema.parse(await this.#ask("GET", `/api/info/${id}`, {}));
  }

  /** The addresses that the user is to open. */
  async addresses(id: string): Promise<readonly string[]> {
    return browserSchema.parse(await this.#ask("GET", `/api/runner/browser/${id}`, {})).urls;
  }

  async visited(id: string, url: string): Promise<void> {
    await this.#ask("POST", `/api/runner/browser/${id}/visit`, { url });
  }

  async log(id: string): Promise<readonly LogEntry[]> {
    return z.array(entrySchema).parse(await this.#ask("GET", `/api/log/${id}`, {}));
  }

  /** Hands in a picture of what the user saw. */
  async showPicture(id: string, placeholder: string, png: Buffer): Promise<void> {
    const body = { type: "text/plain", text: `data:image/png;base64,${png.toString("base64")}` };
    await this.#ask("POST", `/api/log/${id}/images/${placeholder}`, {}, body);
  }

  async #ask(
    method: string,
    path: string,
    query: Readonly<Record<string, string>>,
    body: Body = { type: "application/json", text: "" },
  ): Promise<unknown> {
    const address = `${this.#base}${path}?${new URLSearchParams(query).toString()}`;
    const headers = { ...this.#headers, "content-type": body.type };
    const answer = await fetch(address, { method, headers, body: method === "GET" ? null : body.text });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${String(answer.status)} ${text.slice(0, 500)}`);
    }
    return text === "" ? null : (JSON.parse(text) as unknown);
  }
}
