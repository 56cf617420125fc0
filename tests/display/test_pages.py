"""A page: one file that loads nothing and runs nothing."""

from html.parser import HTMLParser

from nps_core.display.pages import page

NASTY = "</title><script>alert(\"1\")</script> & 'more'"


class Reader(HTMLParser):
    """What a document holds."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: dict[str, set[str | None]] = {}
        self.texts: dict[str, str] = {}
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        tag = self.open[-1] if self.open else ""
        self.texts[tag] = self.texts.get(tag, "") + data


def test_a_page_holds_its_texts_escaped_and_its_tables_as_they_are() -> None:
    reader = Reader(page(NASTY, NASTY + "2", ["<table></table>", "<table><caption>x</caption></table>"], NASTY + "3"))
    assert reader.open == []
    assert reader.texts["title"] == reader.texts["h1"] == NASTY
    assert reader.texts["p"] == NASTY + "2"
    assert reader.texts["footer"] == NASTY + "3"
    assert reader.tags.count("table") == reader.tags.count("section") == 2


def test_a_page_runs_and_loads_nothing() -> None:
    document = page(NASTY, NASTY, ["<table></table>"], NASTY)
    reader = Reader(document)
    assert not {"script", "link", "img", "iframe", "object"} & set(reader.tags)
    assert not {name for name in reader.attributes if name.startswith("on") or name in {"src", "href"}}
    assert "url(" not in document
    assert "@import" not in document
    assert reader.attributes["charset"] == {"utf-8"}


def test_a_page_without_tables_is_a_page() -> None:
    assert Reader(page("empty", "", [], "")).open == []
