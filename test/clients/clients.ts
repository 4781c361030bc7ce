import { dex } from "./dex/client.ts";
import { fastapiAuthlib, fastapiPyjwt } from "./fastapi/client.ts";
import type { Client } from "./harness/client.ts";
import { headscale } from "./headscale/client.ts";
import { keycloak } from "./keycloak/client.ts";
import { kubeloginCode, kubeloginDevice } from "./kubelogin/client.ts";
import { mcp } from "./mcp/client.ts";
import { mozillaDjangoOidc } from "./mozilla-django-oidc/client.ts";
import { oauth2Proxy } from "./oauth2-proxy/client.ts";
import { idpyoidc } from "./idpyoidc/client.ts";
import { pyoidc } from "./pyoidc/client.ts";
import { requestsOauthlib } from "./requests-oauthlib/client.ts";
import { rustOpenidconnect } from "./rust-openidconnect/client.ts";
import { socialAuthAppDjango } from "./social-auth-app-django/client.ts";
import { springBoot } from "./spring-boot/client.ts";
import { step } from "./step/client.ts";

/** Every client, in the order of the table. */
export const CLIENTS: readonly Client[] = [
  mozillaDjangoOidc,
  socialAuthAppDjango,
  requestsOauthlib,
  pyoidc,
  idpyoidc,
  fastapiPyjwt,
  fastapiAuthlib,
  ...springBoot,
  oauth2Proxy,
  dex,
  keycloak,
  kubeloginCode,
  kubeloginDevice,
  step,
  headscale,
  rustOpenidconnect,
  mcp,
];
