import { describeForgottenPassword } from "../browser/forgotten-password.ts";

describeForgottenPassword("nl");
