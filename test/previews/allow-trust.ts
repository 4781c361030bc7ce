import { DEMO_OFFICE } from "../../demo/demo-office.ts";
import { asOwner } from "../support/database.ts";
import { changeOffice } from "../support/second-factor.ts";
import type { World } from "./world.ts";

/** Lets the people of the demo's office trust a browser from now on. */
export async function allowTrust({ demo }: World): Promise<void> {
  const { services } = demo.vestibule;
  const office = await services.offices.findByCode(DEMO_OFFICE.code);
  if (office === null) {
    throw new Error("The demo has no office.");
  }
  await changeOffice(services, office, { trustedBrowserDays: 14 });
}

/** Two browsers that a user trusts. */
export async function trustTwo({ demo }: World, id: string): Promise<void> {
  await asOwner(
    demo.vestibule.database,
    `insert into trusted_browsers (home, id, office_id, user_id, hash, device, trusted_at, used_at, ends_at)
     select home_of(office_id), gen_random_uuid(), office_id, id, sha256(random()::text::bytea), json_build_object('browser',
       (array['Firefox', 'Samsung Internet'])[n], 'system', (array['Windows', 'Android'])[n],
       'network', (array['192.0.2.17', '2001:db8:1234:5678::/64'])[n]),
       now() + interval '1 second', now() + interval '1 second', now() + interval '14 days'
     from subjects, generate_series(1, 2) n where id = $1`,
    [id],
  );
}
