import { mailLogo } from "../../domain/offices/logo-address.ts";
import { MailView } from "../../platform/messages/mail-view.ts";
import { messageReEncryption } from "../../platform/messages/message-content.ts";
import type { ReEncryption } from "../../platform/secrets/re-encryption.ts";
import { Notices } from "../../platform/messages/notices.ts";
import type { QueueHealthStore } from "../../platform/messages/queue-health-store.ts";
import { HttpReceipts } from "../../platform/messages/http-receipts.ts";
import { Receipts } from "../../platform/messages/receipts.ts";
import { TransactionalQueue } from "../../platform/messages/transactional-queue.ts";
import type { SmsReceipts } from "../../platform/messages/receipt-routes.ts";
import type { Texts } from "../../platform/web/texts.ts";
import { smsProviders } from "../settings/message-gateways.ts";
import type { CoreDeps } from "./dependencies.ts";

/** Mails and text messages: they are stored in a queue, and workers deliver them (processes.ts). */
export interface MessageServices {
  readonly queue: TransactionalQueue;
  readonly view: MailView;
  readonly notices: Notices;
  readonly queues: QueueHealthStore;
  readonly reEncryption: ReEncryption<string | null>;
  readonly receipts: SmsReceipts;
}

export function messageServices(deps: CoreDeps, texts: Texts): MessageServices {
  const { messages: store } = deps;
  const { productName: product, issuer, gateways, messages } = deps.settings;
  const sms = smsProviders(gateways.sms);
  const queue = new TransactionalQueue({ ...deps, store });
  const view = new MailView(texts, { product, issuer });
  return {
    queue,
    view,
    // Without a gateway they would stay in the queue for ever.
    notices: new Notices({
      queue: gateways.mail === "none" ? null : queue,
      view,
      lookOf: async (tx, officeId) => {
        const office = await deps.offices.find(officeId, tx);
        if (office === null) {
          return null;
        }
        const { accent, logoUrl } = office.branding;
        return { name: office.name, accent, logo: mailLogo(logoUrl, issuer) };
      },
      help: deps.help,
    }),
    queues: deps.queueHealth,
    reEncryption: messageReEncryption({ ...deps, store }),
    receipts: {
      vonage: sms.includes("vonage") ? new Receipts({ store, ...messages.receipts }) : null,
      http: sms.includes("http") ? new HttpReceipts({ store, secret: messages.smsHttp.secret }) : null,
    },
  };
}
