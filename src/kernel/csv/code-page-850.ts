/** The upper half of code page 850: the letters that DOS programs write in Western Europe. No browser knows it, and so no TextDecoder. */
const LETTERS = [
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ",
  "áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
  "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀",
  "ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
].join("");

/** Each byte is a letter of its own, so that a file may be cut anywhere. */
export const decodeCodePage850 = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : (LETTERS[byte - 0x80] ?? ""))).join(
    "",
  );
