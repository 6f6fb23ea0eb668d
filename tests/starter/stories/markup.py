"""A page taken apart: elements that are well nested, their attributes, their tables, and all that is written."""

from html.parser import HTMLParser

EMPTY = frozenset({"meta", "link", "br", "hr", "img", "input", "base"})


class Page(HTMLParser):
    """A page whose elements are closed in the order of their opening, every one of them; else there is none."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.styles = ""
        self.tables: list[list[list[str]]] = []
        self.text: list[str] = []
        self._style_depth = 0
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), "an attribute is given twice"
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["style"]:
            self.styles += data
            return
        self.text.append(data)
        if {"td", "th"} & set(self.open) and self.tables:
            self.tables[-1][-1][-1] += data

    def of(self, name: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of that name."""
        return [attributes for tag, attributes in self.elements if tag == name]

    @property
    def words(self) -> str:
        """All that is written, with single spaces."""
        return " ".join(" ".join(self.text).split())
