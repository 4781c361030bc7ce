import type { Provider } from "oidc-provider";
import type { Services } from "./compose.ts";
import { rulesOf } from "./compose-numbers.ts";
import { composePasswords } from "./compose-passwords.ts";
import type { Stores } from "./compose-stores.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import { systemClock as clock } from "../../kernel/clock.ts";
import { Interactions } from "../../protocol/interactions.ts";
import { Continuation } from "../../screens/sign-in/continuation.ts";
import { SignInEngine } from "../../screens/sign-in/engine.ts";
import { Finish } from "../../screens/sign-in/finish.ts";
import { LeftSignIns } from "../../screens/sign-in/left-sign-in.ts";
import { createPages } from "../../screens/sign-in/pages/pages.ts";
import { Visits } from "../../screens/sign-in/visits.ts";

export function composeSignIn(
  services: Services,
  { signIns, engine, guard }: Stores,
  cookies: Cookies,
  provider: Provider,
) {
  const { database, audit, offices } = services;
  const passwords = composePasswords(services, guard);
  const { codes, recoveryCodes, smsSender, numberService, trusted } = services.secondFactor;
  const { productName } = services.settings;
  const pageParts = {
    passwords,
    codes,
    recoveryCodes,
    sender: smsSender,
    numbers: numberService,
    statuses: services.messages.statuses,
    store: signIns,
    audit,
    hash: services.hash,
    productName,
    clock,
    renewal: services.links.passwordRenewal,
    ...rulesOf(services.settings),
  };
  const finish = new Finish({ database, store: signIns, audit, passwords, trusted });
  return {
    engine: new SignInEngine({
      pages: createPages(pageParts),
      store: signIns,
      finish,
      continuation: new Continuation({ users: services.users, store: signIns }),
      tries: services.secondFactor.codes,
    }),
    store: signIns,
    visits: new Visits({ store: signIns, offices, cookies }),
    interactions: composeInteractions(services, { engine }, provider),
  };
}

export function composeForgotPassword(
  services: Services,
  { engine, signIns: store }: Stores,
  provider: Provider,
) {
  const { offices, applications, links } = services;
  const interactions = composeInteractions(services, { engine }, provider);
  return {
    links: links.passwordLinks,
    resets: links.passwordReset,
    reminder: links.officeReminder,
    leftSignIns: new LeftSignIns({ interactions, store, offices }),
    offices,
    applications,
    clock,
  };
}

export function composeInteractions(
  { applications, hash }: Services,
  { engine }: Pick<Stores, "engine">,
  provider: Provider,
) {
  return new Interactions({ provider, applications, store: engine, hash, clock });
}
