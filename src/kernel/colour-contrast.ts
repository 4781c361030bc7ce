/** Contrast of an office's accent colour with the text on it and with the page behind it (WCAG 2.2, 1.4.3 and 1.4.11). */

/** Page backgrounds, as in assets/vestibule.css. */
const PAGE_COLOURS = { light: "#ffffff", dark: "#171e1c" } as const;
/** Least contrast of a button's edge and of the focus ring (WCAG 2.2, 1.4.11). */
const MIN_RATIO = 3;

export interface AccentCheck {
  /** Black or white, whichever has more contrast; one of the two is always enough. */
  readonly text: "#000000" | "#ffffff";
  /** 1 to 21: text on the colour, and the colour on a light and on a dark page. */
  readonly ratios: { readonly text: number; readonly light: number; readonly dark: number };
  /** Pages on which a button in this colour hardly differs from the background. */
  readonly hardToSeeOn: readonly (keyof typeof PAGE_COLOURS)[];
}

/** Checks a colour such as `#0b6e4f`. */
export function checkAccent(accent: string): AccentCheck {
  const text = textColourOn(accent);
  const ratios = {
    text: contrastRatio(accent, text),
    light: contrastRatio(accent, PAGE_COLOURS.light),
    dark: contrastRatio(accent, PAGE_COLOURS.dark),
  };
  const hardToSeeOn = (["light", "dark"] as const).filter((page) => ratios[page] < MIN_RATIO);
  return { text, ratios, hardToSeeOn };
}

/** Black or white, whichever has more contrast with a colour such as `#0b6e4f`. */
export const textColourOn = (colour: string): "#000000" | "#ffffff" =>
  contrastRatio(colour, "#ffffff") >= contrastRatio(colour, "#000000") ? "#ffffff" : "#000000";

/** 1 (the same) to 21 (black and white). */
function contrastRatio(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [relativeLuminance(one), relativeLuminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function relativeLuminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return channel <= 0.040_45 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
