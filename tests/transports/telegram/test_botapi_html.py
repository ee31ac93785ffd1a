"""The strict server's reading of HTML: what it takes, what it refuses and in which words, what arises by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.botapi.entities import Entity, automatic, part, tidy, units, write
from tests.support.botapi.errors import ApiError
from tests.support.botapi.html import KINDS, parse

GOOD = [
    ("", "", ""),
    ("a & b", "a & b", ""),
    ("&ge;&lt;&gt;&amp;&quot;&laquo;&#12345678;", '&ge;<>&"&laquo;&#12345678;', ""),
    ("&#33;&#x21;&lt", "!!<", ""),
    ("➡️ ➡️<i>➡️ ➡️</i>", "➡️ ➡️➡️ ➡️", "italic 5 5"),
    ("➡️ ➡️<em>➡️ ➡️</em>", "➡️ ➡️➡️ ➡️", "italic 5 5"),
    ("a<b>b</b><strong>c</strong>", "abc", "bold 1 1, bold 2 1"),
    ("<u>a</u><ins>b</ins>", "ab", "underline 0 1, underline 1 1"),
    ("<s>a</s><strike>b</strike><del>c</del>", "abc", "strikethrough 0 1, strikethrough 1 1, strikethrough 2 1"),
    ('<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>', "ab", "spoiler 0 1, spoiler 1 1"),
    ("🏟 🏟<i>🏟 &gt;<b aba   =   caba>&lt🏟</b></i>", "🏟 🏟🏟 ><🏟", "italic 5 7, bold 9 3"),
    ("<I>a</i>", "a", "italic 0 1"),
    ("<i>a</>", "a", "italic 0 1"),
    ("<i>a</i   >", "a", "italic 0 1"),
    ("<b></b>c", "c", ""),
    ("<a href=example.org>x</a>", "x", "text_link 0 1 http://example.org/"),
    ('<a href  ="https://example.org/?a=1&amp;b=2">x</a>', "x", "text_link 0 1 https://example.org/?a=1&b=2"),
    ("<a href='example.org?&lt;'>x</a>", "x", "text_link 0 1 http://example.org/?<"),
    ("<a>example.org</a>", "example.org", "text_link 0 11 http://example.org/"),
    ("<a> </a><a href='javascript:x'>y</a>", " y", ""),
    ('<a href="tg://user?id=77">x</a>', "x", "text_mention 0 1 77"),
    ("<pre  >a&lt;</pre>", "a<", "pre 0 2"),
    ("<pre><code>a</code></pre>", "a", "pre 0 1, code 0 1"),
    ('<pre><code class="language-fift">a</code></pre>', "a", "pre 0 1 fift"),
    ('<code class="language-fift"><pre>a</pre></code>', "a", "pre 0 1 fift"),
    ('<pre><code class="my-words-fift">a</code></pre>', "a", "pre 0 1, code 0 1"),
    ('<pre> <code class="language-fift">a</code></pre>', " a", "pre 0 2, code 1 1"),
    ('<tg-emoji emoji-id="54321">🏟</tg-emoji>', "🏟", "custom_emoji 0 2 54321"),
    ("<blockquote>a<b>b</b></blockquote>", "ab", "blockquote 0 2, bold 1 1"),
    ('<blockquote   cite="" x y>a</blockquote>', "a", "blockquote 0 1"),
    (
        "<blockquote expandable>a</blockquote><blockquote>b</blockquote>",
        "ab",
        "expandable_blockquote 0 1, blockquote 1 1",
    ),
]
BAD = [
    ("🏟 🏟&lt;<abacaba", "Unclosed start tag at byte offset 13"),
    ("🏟 🏟&lt;<abac aba>", 'Unsupported start tag "abac" at byte offset 13'),
    ("a <= b", 'Unsupported start tag "=" at byte offset 2'),
    ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("a<br>", 'Unsupported start tag "br" at byte offset 1'),
    ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
    ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
    ("🏟 🏟&lt;<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
    ("🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
    ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
    ("<a href=a/b>x</a>", "Unexpected end of name token at byte offset 8"),
    ('🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
    ("<i a", 'Unclosed start tag "i" at byte offset 0'),
    ("🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
    ("🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
    ("🏟 🏟&lt;<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
    ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ('<span class="my-spoiler">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ('<tg-emoji emoji-id="x">a</tg-emoji>', "Invalid custom emoji identifier specified"),
    ("<blockquote>a<blockquote>b</blockquote></blockquote>", "Blockquote entities can't be nested at byte offset 13"),
    (
        "&#xD83C;&#xDFDF;",
        "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
    ),
]
ARISING = [
    ("@anna and a@b @a", "mention @anna"),
    ("mail anna.b@example.org now", "email anna.b@example.org"),
    ("see www.example.org, or https://a.b/c?d=e.", "url www.example.org, url https://a.b/c?d=e"),
    ("Das ist gut.Und schlecht.de geht", "url schlecht.de"),
    ("/help me, /start@pnyx_bot and and/or", "bot_command /help, bot_command /start@pnyx_bot"),
    ("#one #1 #a1 x#y", "hashtag #one, hashtag #a1"),
    ("$EUR and $eur", "cashtag $EUR"),
    ("call +49 30 1234567 or 12345", "phone_number +49 30 1234567"),
    ("@\u2060anna /\u2060help #\u2060one example\u2060.org", ""),
]


def shown(entities: list[Entity]) -> str:
    return ", ".join(f"{e.type} {e.offset} {e.length} {e.argument}".strip() for e in entities)


@pytest.mark.parametrize(("source", "text", "entities"), GOOD)
def test_it_takes(source: str, text: str, entities: str) -> None:
    found, made = parse(source)
    assert (found, shown(made)) == (text, entities)


@pytest.mark.parametrize(("source", "complaint"), BAD)
def test_it_refuses(source: str, complaint: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse(source)
    assert (refused.value.code, refused.value.description) == (400, f"Bad Request: can't parse entities: {complaint}")


@pytest.mark.parametrize(("text", "expected"), ARISING)
def test_what_arises_by_itself(text: str, expected: str) -> None:
    found = sorted(automatic(text, []), key=lambda e: e.offset)
    assert ", ".join(f"{e.type} {part(text, e.offset, e.length)}" for e in found) == expected


def test_nothing_arises_within_code_and_links() -> None:
    text, given = parse('<code>@anna</code> <a href="example.org">@berta</a> @carla')
    assert [part(text, e.offset, e.length) for e in automatic(text, given)] == ["@carla"]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("  \n <b>x</b>  \n", "x", "bold 0 1"),
        ("<b>  x  </b>", "  x", "bold 0 3"),
        ("a <b> </b>b", "a  b", ""),
        ("a\r\nb\x07c", "a\nbc", ""),
        ("\u200b\u2060", "\u200b\u2060", ""),
        ("🏟 <i>🏟 </i>", "🏟 🏟", "italic 3 2"),
    ],
)
def test_texts_are_tidied(source: str, text: str, entities: str) -> None:
    found, made = tidy(*parse(source))
    assert (found, shown(made)) == (text, entities)


@given(
    st.recursive(
        st.text("ab<>&\"' \n🏟é", min_size=1, max_size=5),
        lambda inner: st.tuples(
            st.sampled_from(["b", "i", "u", "s", "tg-spoiler"]), st.lists(inner, min_size=1, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_what_is_written_is_read_again(tree: object) -> None:
    """A tree of text and tags, written as HTML, parsed, and written once more: the words and their number stay."""

    def source(node: object) -> tuple[str, str]:
        if isinstance(node, str):
            return node.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), node
        assert isinstance(node, tuple)
        inner = [source(n) for n in node[1]]
        return f"<{node[0]}>{''.join(i[0] for i in inner)}</{node[0]}>", "".join(i[1] for i in inner)

    markup, plain = source(tree)
    text, entities = parse(markup)
    assert text == plain
    assert all(e.length > 0 and e.offset + e.length <= units(text) for e in entities)
    assert parse(write(text, entities))[0] == text


@given(st.text("<>/=&;# \"'abisuprecodlnkqth-tg🏟\n", max_size=60))
def test_anything_is_read_or_refused(source: str) -> None:
    text, entities, words = "", list[Entity](), ""
    try:
        text, entities = parse(source)
    except ApiError as refused:
        words = refused.description
    assert not words or words.startswith("Bad Request: can't parse entities: ")
    assert all(e.type in {*KINDS.values(), "expandable_blockquote", "text_mention"} for e in entities)
    assert units(text) <= units(source)
