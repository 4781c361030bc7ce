import { describeForgottenPassword } from "./forgotten-password.ts";

describeForgottenPassword("en");
