"""A small reader of our own pages: elements with their attributes and the text in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

VOID: Final = frozenset({"meta", "link", "input", "br", "wbr", "path", "circle", "rect"})
INLINE: Final = frozenset({"a", "bdi", "code", "span", "strong", "time"})


@dataclass(slots=True)
class Element:
    """One element and what is in it."""

    tag: str
    attributes: dict[str, str]
    children: "list[Element | str]" = field(default_factory=list)

    def walk(self) -> "Iterator[Element]":
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def find(self, tag: str, **attributes: str) -> "list[Element]":
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            element
            for element in self.walk()
            if element.tag == tag and wanted.items() <= element.attributes.items()
        ]

    def with_class(self, name: str) -> "list[Element]":
        return [e for e in self.walk() if name in e.attributes.get("class", "").split()]

    @property
    def text(self) -> str:
        return " ".join(self.words().split())

    def words(self) -> str:
        words = "".join(c if isinstance(c, str) else c.words() for c in self.children)
        return words if self.tag in INLINE else f" {words} "


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#root", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} repeats an attribute"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a page has no comments: {data!r}")


def read(html: str) -> Element:
    """Read a page, and refuse one whose elements do not nest."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader._open == [reader.root], "an element is not closed"  # noqa: SLF001
    return reader.root


def skeleton(page: Element) -> list[tuple[str, tuple[str, ...]]]:
    """Give every element with the names of its attributes, and nothing of their values."""
    return [(e.tag, tuple(e.attributes)) for e in page.walk()]
