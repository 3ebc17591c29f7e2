"""SVG badges, and what is done to them (T38)."""

from collections.abc import Iterator

from tests.hostile.case import Case

SVG = "http://www.w3.org/2000/svg"
V3 = "https://purl.imsglobal.org/ob/v3p0"
V2 = "http://openbadges.org"


def image(*inner: str, root: str = "svg", before: str = "", namespace: str = V3) -> bytes:
    names = f'xmlns="{SVG}" xmlns:openbadges="{namespace}"'
    return f"{before}<{root} {names}>{''.join(inner)}</{root}>".encode()


def element(text: str, *, name: str = "credential") -> str:
    return f"<openbadges:{name}><![CDATA[{text}]]></openbadges:{name}>"


def in_attribute(token: str, *, inner: str = "", name: str = "credential") -> str:
    return f'<openbadges:{name} verify="{token}">{inner}</openbadges:{name}>'


def laughs() -> str:
    lines = ['<!ENTITY l0 "ha">']
    lines += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11)]
    return f"<!DOCTYPE svg [{''.join(lines)}]>"


def cases(credential: bytes) -> Iterator[Case]:
    text = credential.decode()
    baked = element(text)
    badge = image(baked)

    def case(name: str, code: str, hostile: bytes) -> Case:
        return Case(name=f"svg: {name}", threat="T38", hostile=hostile, code=code, twin=badge)

    yield case("two credentials", "ambiguous-badge", image(baked, baked))
    namespace = '<o:credential xmlns:o="https://purl.imsglobal.org/spec/ob/v3p0">{}</o:credential>'
    yield case("one more in another spelling", "ambiguous-badge", image(baked, namespace))
    older = f'<o:assertion xmlns:o="{V2}">{{}}</o:assertion>'
    yield case("an older badge beside it", "ambiguous-badge", image(baked, older))
    both = in_attribute("a.b.c", inner="{}")
    yield case("a token and a document in one", "ambiguous-badge", image(both))
    yield case("deep inside", "badge-place", image(f"<g>{baked}</g>"))
    foreign = f"<foreignObject>{baked}</foreignObject>"
    yield case("in a foreign object", "badge-place", image(foreign))
    nested = element("").replace("<![CDATA[]]>", "<g/>")
    yield case("an element inside", "malformed-svg", image(nested))
    yield case("another namespace", "malformed-svg", image(baked, namespace="urn:other"))
    yield case("not UTF-8", "malformed-svg", badge.replace(b"</svg>", b"\xff</svg>"))
    sixteen = '<?xml version="1.0" encoding="UTF-16"?>'
    yield case(
        "UTF-16", "file-kind-not-known", image(baked, before=sixteen).decode().encode("utf-16")
    )
    yield case("not well-formed", "malformed-svg", badge[:-3])
    yield case("no svg at its root", "malformed-svg", image("<svg/>", baked, root="g"))
    yield case("a second root", "malformed-svg", badge + b"<svg/>")
    entity = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield case("a file as an entity", "unsafe-svg", image(element("&x;"), before=entity))
    remote = '<!DOCTYPE svg [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>'
    yield case("an address as an entity", "unsafe-svg", image(baked, before=remote))
    parameter = '<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>'
    yield case("a parameter entity", "unsafe-svg", image(baked, before=parameter))
    dtd = '<!DOCTYPE svg SYSTEM "http://127.0.0.1:9/svg.dtd">'
    yield case("a remote DTD", "unsafe-svg", image(baked, before=dtd))
    public = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:9/svg11.dtd">'
    yield case("a public DTD", "unsafe-svg", image(baked, before=public))
    yield case("a billion laughs", "unsafe-svg", image("&l10;", before=laughs()))
    blowup = f'<!DOCTYPE svg [<!ENTITY a "{"a" * 50_000}">]>'
    yield case("quadratic blow-up", "unsafe-svg", image("&a;" * 50_000, before=blowup))
    sheet = '<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>'
    yield case("a style sheet", "unsafe-svg", image(baked, before=sheet))
    yield case("an undefined entity", "malformed-svg", image("&x;", baked))
    deep = "<g>" * 5_000 + "</g>" * 5_000
    yield case("nested deeply", "file-too-complex", image(deep, baked))
    yield case("a hundred thousand elements", "file-too-complex", image("<g/>" * 100_001, baked))
    yield case("over the cap", "credential-too-large", image(element("x" * (2**20 + 1))))
    token = in_attribute("x" * (2**20 + 1))
    yield case("a token over the cap", "credential-too-large", image(token))
    yield case("no credential", "no-credential-in-file", image("<g/>"))


HARMLESS = {
    "a script": "<script>fetch('http://127.0.0.1:9/')</script>",
    "a handler": '<g onload="fetch(1)"/>',
    "a foreign object": '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
    "a remote image": '<image href="http://127.0.0.1:9/x.png"/>',
    "a remote use": '<use href="http://127.0.0.1:9/x.svg#a"/>',
    "a remote style": "<style>@import url(http://127.0.0.1:9/x.css)</style>",
    "XInclude": '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
    "a comment with a credential": "<!-- <openbadges:credential>{}</openbadges:credential> -->",
}
"""What is inert, because nothing is drawn: the credential beside it is read."""
