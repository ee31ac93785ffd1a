"""What somebody may write to break out of their words: markup, mentions, links, hidden and turning signs, in every shape that we
could think of. At least 500, each once, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator

TAGS = (
    "b", "i", "u", "s", "a", "p", "br", "hr", "img", "code", "pre", "h1", "h4", "ul", "li", "table", "font", "span", "div",
    "blockquote", "strong", "em", "tg-spoiler", "tg-emoji", "mx-reply", "details", "script", "style", "svg", "math", "iframe",
    "object", "embed", "form", "input", "button", "video", "audio", "link", "meta", "base", "body", "html", "title", "textarea",
    "noscript", "template", "plaintext", "xmp", "marquee",
)  # fmt: skip

ATTRIBUTES = (
    'href="tg://user?id=42"', 'href="https://matrix.to/#/@anna:example.org"', 'href="javascript:alert(1)"',
    'href="JaVaScRiPt&#58;alert(1)"', 'href="data:text/html;base64,PHNjcmlwdD4="', 'href="mxc://example.org/abc"',
    'src="mxc://example.org/abc" data-mx-emoticon', 'src="https://example.org/x.png"', "onerror=alert(1) src=x",
    "onload=alert(1)",
    'style="color:red;background:url(javascript:1)"', 'data-mx-color="#ff0000"', 'data-mx-spoiler="reason"', 'class="mention"',
    'emoji-id="5368324170671202286"', "expandable", 'id="x" name="y"', 'target="_blank" rel="opener"',
)  # fmt: skip

PLAIN = (
    # mentions and calls, by platform
    "@room", "@Room", "@ROOM please", "(@room)", "@room:", "@here", "@channel", "@everyone", "@all", "@durov", "@BotFather",
    "@anna:example.org", "@_bridge_x:example.org", "#room:example.org", "!abc:example.org", "#vote", "$TON", "/start", "/leave",
    "/erase@pnyx_bot", "!leave", "!hide", "-source:x:1", "tg://user?id=42", "TG://user?id=42", "tg://resolve?domain=durov",
    "ton://transfer/x", "https://t.me/durov", "t.me/+abc", "https://matrix.to/#/@anna:example.org",
    "matrix.to/#/@anna:example.org", "https://matrix.to/#/!room:example.org/$event", "matrix:u/anna:example.org",
    "MATRIX:r/room:example.org", "mxc://example.org/abc", "javascript:alert(1)", "java\tscript:alert(1)",
    "data:text/html,<script>", "https://example.org/?a=1&b=2", "http://[::1]/", "ftp://example.org", "mailto:a@example.org",
    "tel:+33123456789", "xn--80ak6aa92e.com", "https://exa\u0301mple.org",
    # Markdown of every kind
    "**b**", "__u__", "*i*", "_i_", "~~s~~", "||spoiler||", "`code`", "```\ncode\n```", "[a](https://example.org)",
    "[a](tg://user?id=42)", "[anna](https://matrix.to/#/@anna:example.org)", "![x](mxc://example.org/abc)",
    "![x](https://example.org/x.png)", "[a]: https://example.org", "<https://example.org>", "# title", "> quote", "> > quote",
    "- item", "1. item", "| a | b |\n|---|---|", "---", "***", "===", "\\*not\\*", "&#42;b&#42;", "$$x$$", "[^1]", ":smile:",
    # entities and half of anything
    "&lt;b&gt;", "&amp;lt;b&amp;gt;", "&#60;b&#62;", "&#x3c;b&#x3e;", "&#0;", "&#xd800;", "&notanentity;", "&", "&&", "&lt",
    "&copy", "&nbsp;", "&ZeroWidthSpace;", "&bidi;", "&#8238;", "<", ">", "<<", ">>", "<>", "</>", "< b >", "<b", "b>", "</b",
    "<b<b>", "<b><i></b></i>", "<!", "<!--", "-->", "<!-- x -->", "<!--><b>-->", "<?xml version='1.0'?>", "<!DOCTYPE html>",
    "<!DOCTYPE x [<!ENTITY y 'z'>]>", "<![CDATA[<b>x</b>]]>", "]]>", "<%= x %>", "{{ x }}", "{name}", "{", "}", "{0}", "%s",
    "%(x)s", "${x}", "#{x}", "\\", "\\n", "\\u003cb\\u003e", "'", '"', "''", '"><b>', "'><b>", "`'\"", "</blockquote><b>x</b>",
    "</p></h4></li></ul><b>", "</blockquote>\n@room", "\x3cb\x3e", "\uff1cb\uff1e", "\u2039b\u203a", "\u00abb\u00bb",
    # signs that hide, turn, join or are none
    "\u202eevil", "\u202dx", "\u202ax\u202c", "\u2066x", "\u2067x\u2069", "\u2069x", "\u200fx", "\u061cx", "\u200b", "a\u200bb",
    "\u200d", "\ufeffx", "\u2060x", "@\u200broom", "@ro\u00adom", "\u00adx", "\ufff9x\ufffb", "\U000e0041x", "x\ufe0f", "\x00",
    "a\x00b", "\x00<b>", "<b\x00>", "<\x00b>", "\x1b[31mred", "\x07", "\x08x", "\x7f", "\x85x", "\u2028x", "\u2029x", "a\r\nb",
    "a\rb", "\x0b", "\x0c", "\ud800", "\udfff", "\ud83d", "x\udc00y", "\ufdd0", "\uffff", "\U0010ffff", "\ue000",
    # letters that are hard
    "שלום <b>עולם</b>", "مرحبا @room", "سلام https://example.org", "x\u05d0y\u05d1", "Z\u0351\u036b\u0343\u036b\u0306a\u0306lgo",
    "e\u0301" * 30, "\u0301alone", "👩\u200d👩\u200d👧\u200d👦", "🇫🇷🇩🇪", "👍🏽", "1\ufe0f\u20e3", "각\u11a8", "ﷺ" * 40, "𝕏 𝓫𝓸𝓵𝓭",
    "İi̇", "ß", "ſ", "ǅ", "ﬃ", "ñ", "ｆｕｌｌ　ｗｉｄｔｈ",
)  # fmt: skip


def _made() -> Iterator[str]:
    yield from PLAIN
    for tag in TAGS:
        yield f"<{tag}>x</{tag}>"
        yield f"</{tag}>x<{tag}>"
        yield f"<{tag.upper()}\n{ATTRIBUTES[len(tag) % len(ATTRIBUTES)]} >x"
        yield f"<{tag}/>"
    for attribute in ATTRIBUTES:
        yield f"<a {attribute}>x</a>"
        yield f"<img {attribute}>"
        yield f"<{attribute}"
    for inner in ("<b>x</b>", "@room", "tg://user?id=42", "matrix.to/#/@a:b.c", "javascript:x", "**x**"):
        for before, after in (
            ("<![CDATA[", "]]>"), ("<svg><desc>", "</desc></svg>"), ("<tg-spoiler>", "</tg-spoiler>"), ("||", "||"),
            ("<span data-mx-spoiler>", "</span>"), ("&lt;", "&gt;"), ("\u202e", "\u202c"), ("\u2068", ""), ("> ", "\n\n"),
            ("```", "```"), ("<pre><code class='language-x'>", "</code></pre>"), ("a" * 200, "b" * 200), ("\n\n\n", "\n\n\n"),
        ):  # fmt: skip
            yield f"{before}{inner}{after}"
    for depth in (2, 17, 300):
        yield "<b>" * depth + "x" + "</b>" * depth
        yield "<blockquote>" * depth
        yield "&amp;" * depth
        yield "[" * depth + "x" + "]()" * depth
    yield from (
        "a" * 10_000,
        "<b>" * 3_334,
        "שלום " * 2_000,
        "👩\u200d👩\u200d👧\u200d👦" * 1_400,
        "@room " * 1_600,
        "\u200b" * 10_000,
    )


PAYLOADS: tuple[str, ...] = tuple(dict.fromkeys(_made()))
