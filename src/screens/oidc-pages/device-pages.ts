import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import type { DevicePages } from "../../protocol/oidc-pages.ts";
import { applicationView } from "../../domain/applications/application-view.ts";
import type { Context } from "../../platform/web/context.ts";
import type { Renderer } from "../../platform/web/render.ts";

interface DevicePagesDeps {
  readonly renderer: Renderer;
  readonly applications: ApplicationStore;
  readonly offices: OfficeStore;
}

/** The pages on which a user signs in a device that has no browser (RFC 8628 section 3.3). */
export function devicePages({ renderer, applications, offices }: DevicePagesDeps): DevicePages {
  return {
    code: async (ctx, form, fault) => {
      const t = renderer.translate(toContext(ctx));
      const office = await renderer.officeOf(toContext(ctx));
      ctx.status = fault === null ? 200 : 400;
      renderer.page(toContext(ctx), "device/code", {
        ...COMMON,
        ...form,
        office,
        values: { user_code: "" },
        autofocus: "user_code",
        errors: fault === null ? [] : [{ field: "user_code", message: t(`device.code.${fault}`) }],
        faultyField: fault === null ? null : "user_code",
      });
    },
    confirm: async (ctx, form, asked) => {
      const application = await applications.find(asked.client.clientId);
      const shown = application === null ? null : applicationView(application);
      const officeId = application?.officeId ?? null;
      const pinned = officeId === null ? null : await offices.find(officeId);
      renderer.page(toContext(ctx), "device/confirm", {
        ...COMMON,
        ...form,
        office: pinned ?? (await renderer.officeOf(toContext(ctx))),
        values: {},
        userCode: asked.userCode,
        images: [shown?.logo ?? null],
        application: shown ?? { name: "", host: null, logo: null },
      });
    },
    done: async (ctx, isSignedIn) => {
      const office = await renderer.officeOf(toContext(ctx));
      ctx.status = 200;
      renderer.page(toContext(ctx), "device/done", { ...COMMON, office, isSignedIn });
    },
  };
}

const COMMON = { csrf: "", application: null };

/** oidc-provider runs inside our middleware, so its context is ours with more in it. */
const toContext = (ctx: Parameters<DevicePages["code"]>[0]): Context => ctx;
