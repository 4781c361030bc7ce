import getRawBody from "raw-body";
import type { Context } from "koa";
import type { Provider } from "oidc-provider";
import { verify } from "../src/domain/factors/totp.ts";
import type { Person } from "./rival-provider.ts";

type IsPassword = (typed: string, person: Person) => Promise<boolean>;

/** Who has given the password in which sign-in, and the last step of each app: forgotten by nobody, as in its adapter. */
const proved = new Map<string, Person>();
const lastSteps = new Map<string, number>();

/** The least pages that can sign a user in: one for the password, and one for the code of a user who has an app. */
export function serveInteractions(
  provider: Provider,
  people: ReadonlyMap<string, Person>,
  isPassword: IsPassword,
): void {
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/interaction/")) {
      await next();
      return;
    }
    const { uid } = await provider.interactionDetails(ctx.req, ctx.res);
    if (ctx.method === "GET") {
      show(ctx, uid, proved.has(uid) ? CODE : PASSWORD);
      return;
    }
    const fields = new URLSearchParams(await getRawBody(ctx.req, "utf8"));
    const person = proved.get(uid) ?? (await passwordOf(fields, people, isPassword));
    if (person === null || (proved.has(uid) && !useCode(person, fields.get("code") ?? ""))) {
      ctx.status = 400;
      return;
    }
    ctx.status = 303;
    if (person.secret !== null && !proved.has(uid)) {
      proved.set(uid, person);
      ctx.redirect(`/interaction/${uid}`);
      return;
    }
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login: loginOf(person) }));
  });
}

async function passwordOf(
  fields: URLSearchParams,
  people: ReadonlyMap<string, Person>,
  isPassword: IsPassword,
): Promise<Person | null> {
  const person = people.get(fields.get("username") ?? "");
  return person !== undefined && (await isPassword(fields.get("password") ?? "", person)) ? person : null;
}

function useCode({ id, secret }: Person, code: string): boolean {
  const result = verify(secret ?? "", code, Date.now() / 1000, lastSteps.get(id) ?? 0);
  if (result.type !== "accepted") {
    return false;
  }
  lastSteps.set(id, result.step);
  return true;
}

function loginOf({ id, secret }: Person) {
  const [amr, acr] =
    secret === null ? [["pwd"], "urn:vestibule:acr:1"] : [["pwd", "otp", "mfa"], "urn:vestibule:acr:2"];
  return { accountId: id, amr, acr, remember: false };
}

const PASSWORD = `<input name="officeCode"><input name="username"><input name="password" type="password">`;
const CODE = `<input name="code" inputmode="numeric" autocomplete="one-time-code">`;

function show(ctx: Pick<Context, "type" | "body">, uid: string, boxes: string): void {
  ctx.type = "html";
  ctx.body = `<!doctype html><title>Sign in</title><form method="post" action="/interaction/${uid}">
    <input type="hidden" name="_csrf" value="${uid}">${boxes}<button>Sign in</button></form>`;
}
