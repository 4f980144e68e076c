"""Descriptions: light formatting goes through, nothing that runs or loads does."""

import time

import pytest

from members.formatting import render_description, render_notice


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("**bold** and *italic*", "<p><strong>bold</strong> and <em>italic</em></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("1. one", "<ol>\n<li>one</li>\n</ol>"),
        ("first\nsecond", "<p>first<br>\nsecond</p>"),
        (
            "[site](https://uni.example)",
            '<p><a href="https://uni.example" rel="nofollow noopener">site</a></p>',
        ),
        (
            "[write](mailto:a@uni.example)",
            '<p><a href="mailto:a@uni.example" rel="nofollow noopener">write</a></p>',
        ),
        ("AT&T < BT", "<p>AT&amp;T &lt; BT</p>"),
    ],
)
def test_light_formatting_is_kept(text: str, html: str):
    assert render_description(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        '<p onclick="alert(1)" style="color:red" class="x">text</p>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<a href="jav&#x09;ascript:alert(1)">x</a>',
        "[x](//evil.example)",
        "![x](https://evil.example/pixel.png)",
        "<iframe src='https://evil.example'></iframe>",
        "<svg/onload=alert(1)>",
        "<style>body{display:none}</style>",
        "<form action='https://evil.example'><input name=q></form>",
    ],
)
def test_nothing_that_runs_or_loads_survives(text: str):
    html = str(render_description(text)).lower()

    bad = ["<script", "alert(1)</", "onerror", "onclick", "onload", "javascript", "data:", "<img"]
    bad += [
        "evil.example",
        "<iframe",
        "<svg",
        "<style",
        "display:none",
        "<form",
        "<input",
        "class=",
    ]
    bad += ["style="]
    assert [part for part in bad if part in html] == []


def test_descriptions_have_no_headings():
    assert "<h" not in render_description("# Big\n\n## Smaller")


def test_notices_have_headings_below_the_pages_own():
    html = render_notice("# Privacy\n\n## Why\n\ntext")

    assert html == "<h2>Privacy</h2>\n<h2>Why</h2>\n<p>text</p>"


@pytest.mark.parametrize(
    "text", ["[" * 5000, "![[" * 1666, "<![" * 1666, "[[a]" * 1250, "<a " * 1666, "1. " * 1666]
)
def test_text_made_to_keep_the_server_busy_is_shown_as_it_is(text: str):
    began = time.process_time()

    html = str(render_description(text))

    # Unchecked these take many seconds, or exhaust the stack: on a page that anybody may open.
    assert time.process_time() - began < 0.5
    assert html == f"<p>{text.strip().replace('<', '&lt;')}</p>"


def test_text_with_many_links_keeps_them():
    text = " ".join(f"[{n}](https://uni.example/{n})" for n in range(60))

    assert str(render_description(text)).count("<a href=") == 60
