import { expect } from "chai";
import { readImage } from "../../../src/platform/images/read-image.ts";

const HEAD =
  'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20"';
const drawing = (inner: string, head = HEAD): string =>
  `<svg ${head}><rect width="9" height="9"/>${inner}</svg>`;

async function written(text: string): Promise<string> {
  const read = await readImage(Buffer.from(text));
  return read.type === "image" ? read.image.content.toString() : read.type;
}

/** What a browser would run, load or follow. */
const ATTACKS = {
  "a script": "<script>alert(1)</script>",
  "a script with a prefix": '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>',
  "a script of HTML": '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
  "a script elsewhere": '<script href="https://evil.test/a.js"/>',
  "a handler": '<path d="M0 0" onload="alert(1)" onclick="alert(1)"/>',
  "a handler of a prefix": '<path d="M0 0" ev:event="load" xlink:onload="alert(1)"/>',
  "a page":
    '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></body></foreignObject>',
  "a frame": "<iframe src='https://evil.test/'/>",
  "a link": '<a href="javascript:alert(1)"><text>press</text></a>',
  "a picture": '<image href="https://evil.test/track.png"/>',
  "a picture inside": '<image xlink:href="data:image/svg+xml;base64,PHN2Zy8+"/>',
  "a picture of a filter": '<filter id="f"><feImage href="https://evil.test/a"/></filter>',
  "a use elsewhere": '<use href="https://evil.test/a.svg#b"/>',
  "a use of data": '<use xlink:href="data:image/svg+xml,&lt;svg/>#a"/>',
  "an animation of an address": '<animate attributeName="href" to="javascript:alert(1)"/>',
  "a set handler": '<set attributeName="onload" to="alert(1)"/>',
  "a style that loads":
    "<style>@import 'https://evil.test/a.css'; rect{fill:url(https://evil.test/b)}</style>",
  "a style of an element":
    '<path style="fill:url(https://evil.test/b);background:url(//evil.test)" d="M0 0"/>',
  "a style with escapes": "<style>rect{fill:u\\72l(https://evil.test/b)}</style>",
  "a font": "<style>@font-face{font-family:a;src:url(https://evil.test/f)}</style>",
  "a paint elsewhere": '<path d="M0 0" fill="url(https://evil.test/a#b)"/>',
  "a paint with a fallback": '<path d="M0 0" fill="url(#a) url(https://evil.test/a#b)"/>',
  "a clip elsewhere": '<path d="M0 0" clip-path="url(\'https://evil.test/a#b\')"/>',
  "another base": '<path xml:base="https://evil.test/" d="M0 0"/>',
  "a style sheet of the document": "<?xml-stylesheet href='https://evil.test/a.css'?>",
  "a handler in text": "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>",
  "a closing in CDATA": "<desc><![CDATA[</desc><script>alert(1)</script>]]></desc>",
  "an attribute that ends": '<path d="M0 0" id="a&quot; onload=&quot;alert(1)"/>',
  metadata: '<metadata><rdf:RDF about="https://evil.test/"/></metadata>',
  "a handler in capitals": '<path d="M0 0" ONLOAD="alert(1)"/><SCRIPT>alert(1)</SCRIPT>',
};

const REFUSED = {
  "entities of its own": `<!DOCTYPE svg [<!ENTITY a "aaaa">]>${drawing("<title>&a;</title>")}`,
  "an entity from a file": `<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>${drawing("<title>&a;</title>")}`,
  "an unknown entity": drawing("<title>&nbsp;</title>"),
  "an attribute twice": drawing('<path d="M0 0" d="M1 1"/>'),
  "an attribute without quotes": drawing("<path d=M0/>"),
  "crossed elements": drawing("<g><path></g></path>"),
  "an open element": drawing("<g>"),
  "two roots": `${drawing("")}${drawing("")}`,
  "a text behind": `${drawing("")}alert(1)`,
  "a NUL": drawing("<title>\0</title>"),
  "UTF-16": Buffer.from(drawing(""), "utf16le").toString("latin1"),
  "a namespace of HTML": drawing("", 'xmlns="http://www.w3.org/1999/xhtml" viewBox="0 0 1 1"'),
  "nothing to see": `<svg ${HEAD}><defs/></svg>`,
  "no size": drawing("", 'xmlns="http://www.w3.org/2000/svg"'),
  "a size without end": drawing("", 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 Infinity 1"'),
  "a line": drawing("", 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1"'),
  "a use of itself": drawing('<g id="a"><use href="#a"/></g>'),
  "a mask of itself": drawing('<mask id="m"><path d="M0 0" mask="url(#m)"/></mask>'),
  "too deep": drawing("<g>".repeat(80) + "</g>".repeat(80)),
  "too many": drawing("<g/>".repeat(20_000)),
};

/** Ten levels that each use the one below ten times: ten thousand million rectangles. */
const LAUGHS = drawing(
  Array.from({ length: 10 }, (_, level) => {
    const below = level === 0 ? "<path d='M0 0'/>" : `<use href="#l${String(level - 1)}"/>`.repeat(10);
    return `<g id="l${String(level)}">${below}</g>`;
  }).join(""),
);

describe("an uploaded SVG", () => {
  for (const [what, inner] of Object.entries(ATTACKS)) {
    it(`T153 loses ${what}`, async () => {
      const text = await written(drawing(inner));
      expect(text).to.match(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*<rect[^]*<\/svg>$/);
      expect(text).to.not.match(
        /evil\.test|<script|javascript:|\son\w+="|data:|<a\b|<image|<style|style=|<!|<\?/i,
      );
    });
  }

  for (const [what, file] of Object.entries(REFUSED)) {
    it(`T153 is refused with ${what}`, async () => {
      expect(await written(file)).to.be.oneOf(["unknown", "broken", "pixels"]);
    });
  }

  it("T153 is refused when a few elements make billions", async () => {
    expect(await written(LAUGHS)).to.equal("pixels");
  });

  it("keeps what drawing programs write: classes, gradients, clips and symbols", async () => {
    const text = await written(`<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: a program -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg version="1.1" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" x="0px" width="40px" height="20px">
<style type="text/css"><![CDATA[ .st0, .st2 { fill: #0B6E4F; stroke: none } #name { fill: url(#shade) } path { opacity: .5 } ]]></style>
<defs><linearGradient id="base"><stop offset="0" stop-color="#fff"/></linearGradient>
<linearGradient id="shade" xlink:href="#base"/><clipPath id="cut"><circle r="4"/></clipPath></defs>
<g clip-path="url(#cut)" transform="translate(1, 2) rotate(-30)"><path class="st0" d="M1,2 C3e-1 4z"/><path id="name" style="fill-rule:evenodd; stroke:rgb(1,2,3)" d="M0 0"/></g>
<use xlink:href="#name" x="3"/><text x="2" font-family="'Open Sans', serif">Bäckerei &amp; Co</text></svg>`);
    expect(text).to.contain('<path d="M1,2 C3e-1 4z" opacity=".5" fill="#0B6E4F" stroke="none"/>');
    expect(text).to.contain(
      '<path id="name" d="M0 0" opacity=".5" fill="url(#shade)" fill-rule="evenodd" stroke="rgb(1,2,3)"/>',
    );
    expect(text).to.contain('<linearGradient id="shade" href="#base"/>');
    expect(text).to.contain('<g clip-path="url(#cut)" transform="translate(1, 2) rotate(-30)">');
    expect(text).to.contain('<use x="3" href="#name"/>');
    expect(text).to.contain(">Bäckerei &amp; Co</text>");
    expect(text).to.match(
      /^<svg [^>]*viewBox="0 0 40 20" width="40" height="20"|width="40" height="20"[^>]*viewBox="0 0 40 20"/,
    );
  });

  it("reads ten thousand strange files without a fault or a long wait", async () => {
    const pieces = [
      "<",
      ">",
      "/",
      "svg",
      "<g>",
      "</g>",
      '"',
      "'",
      "=",
      "&",
      ";",
      "<!--",
      "-->",
      "<![CDATA[",
      "]]>",
      "<?x",
      "?>",
      " d='",
      "url(#a)",
      "{",
      "}",
      "\n",
    ];
    let seed = 20_261_129;
    const next = (most: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * most);
    };
    for (let turn = 0; turn < 10_000; turn += 1) {
      const inner = Array.from({ length: next(12) }, () => pieces[next(pieces.length)] ?? "").join("");
      const text = await written(drawing(inner));
      if (text.startsWith("<")) {
        expect(await written(text), inner).to.equal(text);
      }
    }
  });
});
