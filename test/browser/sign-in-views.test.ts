import { describeViews } from "../previews/every-view.ts";

describeViews("the sign-in");
