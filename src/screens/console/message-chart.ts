import type { Translate } from "../../kernel/languages.ts";
import { shortCalendarDay } from "../../kernel/date-format.ts";
import type { SmsUse } from "../../domain/offices/overview-store.ts";

const HEIGHT = 100;
const STEP = 24;
const BAR = 16;

/** The text messages of the last days as bars, with a text for screen readers. */
export function messageChart({ budget, used, days }: SmsUse, { t, language }: Reader) {
  const number = new Intl.NumberFormat(language);
  // Scaled to the busiest day: relative to a large budget the bars would be invisible.
  const most = Math.max(1, ...days.map(({ sent }) => sent));
  return {
    summary: t("console.overview.messages.used", { used, budget }),
    isUsedUp: used >= budget,
    isEmpty: days.every(({ sent }) => sent === 0),
    width: days.length * STEP,
    height: HEIGHT,
    bars: days.map(({ day: date, sent }, index) => {
      const height = Math.round((sent / most) * HEIGHT);
      return {
        day: shortCalendarDay(date, { language }),
        sent: number.format(sent),
        ...{ x: index * STEP + (STEP - BAR) / 2, y: HEIGHT - height, width: BAR, height },
      };
    }),
  };
}

interface Reader {
  readonly t: Translate;
  readonly language: string;
}
