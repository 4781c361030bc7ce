import { z } from "zod";
import type { OwnAccount } from "../../../domain/users/own-account.ts";
import type { Database } from "../../../platform/database/database.ts";
import { MOST_NAME_CHARACTERS, type PasskeyView } from "../../../domain/factors/passkeys/passkey.ts";
import { factorText, type Sending } from "../../../domain/factors/factor.ts";
import type { PasskeyChallenges } from "../../../domain/factors/passkeys/passkey-challenges.ts";
import type { PasskeyStore } from "../../../domain/factors/passkeys/passkey-store.ts";
import { uniqueName } from "../../../domain/users/unique-name.ts";
import { PageError } from "../../../kernel/errors.ts";
import { acceptedModels, passkeyFacts, passkeyName } from "../../../domain/factors/passkeys/passkey-facts.ts";
import { typedName } from "../../../kernel/typed-text/typed-text.ts";
import { ceremonyModel } from "../../../platform/web/ceremony-model.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { contactOf, lockoutText, requireAccepted, type CodeForm } from "../code-form.ts";
import type { RemovalResult } from "../../../domain/factors/method-removal.ts";
import type { OwnMethodRemoval } from "../own-method-removal.ts";
import { acceptedMethods, otherMethods } from "../other-methods.ts";
import { ownerOf, type ChangeContext, type ChangePage } from "../page.ts";

export interface PasskeyPageDeps {
  readonly codes: CodeForm;
  readonly challenges: PasskeyChallenges;
  readonly passkeys: PasskeyStore;
  readonly removal: OwnMethodRemoval;
  readonly own: OwnAccount;
  readonly database: Database;
  readonly sending: Sending;
}

const bindingOf = ({ session }: ChangeContext): string =>
  `account ${session.uid} ${String(session.authTime)}`;

/** Adds a passkey. The fresh sign-in has proved a current method, which stays beside it. */
export function passkeyPage({ codes, challenges, sending }: PasskeyPageDeps): ChangePage {
  return {
    path: "/account/passkey",
    tab: "general",
    needsFactor: true,
    change: "app",
    asksFirst: true,
    show: async (context) => {
      requireAccepted(context, "passkey");
      const { account } = context.session;
      const ceremony = await challenges.make(contactOf(context), {
        binding: bindingOf(context),
        account: uniqueName(account.username, account.office.code),
      });
      return {
        view: "passkey",
        office: context.overview.office,
        model: {
          values: {},
          block: lockoutText(context, codes),
          ceremony: ceremonyModel(ceremony),
          models: acceptedModels(ceremony.models, context),
          instead: otherMethods(context, "passkey", sending),
        },
      };
    },
    submit: (context, { credential = "" }) => {
      requireAccepted(context, "passkey");
      const attempt = {
        ...({ type: "new-passkey", replaces: true } as const),
        ...{ code: credential, binding: bindingOf(context) },
      };
      return codes.submit(context, attempt, { kind: "passkey", done: "passkey", wrongText: "passkey.wrong" });
    },
  };
}

const nameSchema = z.string().transform(typedName).pipe(z.string().min(1).max(MOST_NAME_CHARACTERS));

/** One of the user's passkeys: its name, and its end. */
export function passkeyEditPage(deps: PasskeyPageDeps): ChangePage {
  return {
    path: "/account/passkeys/:id",
    tab: "general",
    needsFactor: true,
    change: "app",
    keeps: ["name"],
    whenGone: ({ remove }) => (remove === undefined ? null : REMOVED),
    show: (context) => {
      const passkey = passkeyOf(context);
      const model = {
        values: { name: passkeyName(passkey, context.t) },
        facts: passkeyFacts(passkey, context),
        most: MOST_NAME_CHARACTERS,
      };
      return Promise.resolve({ view: "passkey-edit", office: context.overview.office, model });
    },
    submit: async (context, { name = "", remove }) => {
      const passkey = Buffer.from(passkeyOf(context).id, "base64url");
      if (remove !== undefined) {
        return removalOutcome(
          context,
          await deps.removal.remove(context, passkey, acceptedHere(deps, context)),
        );
      }
      const typed = nameSchema.safeParse(name);
      if (!typed.success) {
        return fault("name", context.t("passkey.nameRequired", { most: MOST_NAME_CHARACTERS }));
      }
      await rename(deps, context, { passkey, name: typed.data });
      return { type: "done", to: "/account", done: "profile" };
    },
  };
}

/** Ends a whole method where the user has others. */
export function methodRemovalPage(deps: PasskeyPageDeps): ChangePage {
  return {
    path: "/account/method/remove/:id",
    tab: "general",
    needsFactor: true,
    change: "method",
    asksFirst: true,
    whenGone: () => REMOVED,
    show: (context) => {
      const kind = methodOf(context);
      const model = {
        texts: "account.removeMethod",
        name: context.t(factorText(kind, "label")),
        backHref: "/account",
      };
      return Promise.resolve({ view: "confirm", office: context.overview.office, model });
    },
    submit: async (context) =>
      removalOutcome(
        context,
        await deps.removal.remove(context, methodOf(context), acceptedHere(deps, context)),
      ),
  };
}

const acceptedHere = ({ sending }: PasskeyPageDeps, context: ChangeContext) =>
  acceptedMethods(context, sending);

function methodOf({ overview, id }: ChangeContext) {
  const found = overview.factors.find(({ kind }) => kind === id);
  if (found === undefined) {
    throw new PageError("not-found");
  }
  return found.kind;
}

const REMOVED = { to: "/account", done: "methodRemoved" } as const;

function removalOutcome({ t }: ChangeContext, result: RemovalResult) {
  switch (result) {
    case "removed":
    case "gone":
      return { type: "done", ...REMOVED } as const;
    case "last":
      return fault(null, t("account.removeMethod.last"));
  }
}

async function rename(
  { database, own, passkeys }: PasskeyPageDeps,
  context: ChangeContext,
  { passkey, name }: { passkey: Buffer; name: string },
): Promise<void> {
  await database.inOffice(context.session.account.office.id, async (tx) => {
    await own.hold(tx, ownerOf(context));
    if (await passkeys.rename(tx, contactOf(context), { passkey, name })) {
      const change = { type: "passkey.renamed", details: { name } } as const;
      await own.record(tx, ownerOf(context), { ...change, notice: "profileChanged" });
    }
  });
}

/** A passkey of another user gets the same answer as an unknown one. */
function passkeyOf({ overview, id }: ChangeContext): PasskeyView {
  const found = overview.passkeys.find((one) => one.id === id);
  if (found === undefined) {
    throw new PageError("not-found");
  }
  return found;
}
