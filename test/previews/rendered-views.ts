import { Renderer } from "../../src/platform/web/render.ts";

/** The view of the newest page that a server of this process has sent; empty before the first. */
export interface RenderedViews {
  readonly newest: () => string;
  stop(): void;
}

export function watchViews(): RenderedViews {
  const { page } = Renderer.prototype;
  let newest = "";
  Renderer.prototype.page = function (...parts) {
    [, newest] = parts;
    page.apply(this, parts);
  };
  return {
    newest: () => newest,
    stop: () => {
      Renderer.prototype.page = page;
    },
  };
}
