/**
 * Writes moments in one way, in each language. A formatter is kept for each: to make one takes longer than to render the
 * line that it is for.
 */
export function dateFormat(
  options: Intl.DateTimeFormatOptions,
): (date: Date | number, language: string) => string {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (date, language) => {
    const format = formats.get(language) ?? new Intl.DateTimeFormat(language, options);
    formats.set(language, format);
    return format.format(date);
  };
}
