"""Reads a page that --report wrote, with Python's standard library alone, and says what is wrong with it.

usage: page_check.py PAGE      Exit code 1 where something is.
"""
import base64
import re
import struct
import sys
import xml.etree.ElementTree as tree
import zlib

wrong = []
page = open(sys.argv[1], "rb").read().decode("utf-8")
root = tree.fromstring(re.sub("^<!DOCTYPE html>", "", page))  # fails where it is not well-formed


def name(element):
    return element.tag.rsplit("}", 1)[-1]


def check(holds, what):
    if not holds:
        wrong.append(what)


def check_png(address):
    """Signature, every chunk's checksum, and as many bytes as the header announces."""
    data = base64.b64decode(address.split(",", 1)[1], validate=True)
    check(data[:8] == b"\x89PNG\r\n\x1a\n", "a picture without PNG's signature")
    at, rows, size = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        content = data[at + 8:at + 8 + length]
        check(struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + content), f"checksum of {kind}")
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", content[:10])
            size = height * (1 + width * {0: 1, 2: 3, 6: 4}[colour])
            check(depth == 8, "not 8 bits")
        if kind == b"IDAT":
            rows += content
        at += 12 + length
    check(kind == b"IEND" and at == len(data), "does not end with IEND")
    check(size is not None and len(zlib.decompress(rows)) == size, "a picture of another size than its header says")


pictures = 0
for element in root.iter():
    check(name(element) not in ("script", "iframe", "object", "embed", "base", "form"), f"<{name(element)}>")
    for attribute, value in element.attrib.items():
        check(not attribute.lower().startswith("on"), f"{attribute} on <{name(element)}>")
        if attribute in ("src", "href", "srcset", "action"):
            check(value.startswith("data:"), f"loads {value}")
    if name(element) == "img":
        check(element.get("alt"), "a picture without words for it")
        check_png(element.get("src"))
        pictures += 1
    if name(element) == "svg":
        check(element.get("aria-label") or element.get("aria-hidden") == "true", "a chart without words for it")
    if name(element) == "path":  # numbers, and inside the drawing
        check("nan" not in element.get("d") and "inf" not in element.get("d"), f"a path with {element.get('d')}")
        for number in re.findall(r"-?[0-9.]+", element.get("d")):
            check(-1 <= float(number) <= 421, f"a path that leaves its chart: {number}")
style = page[page.index("<style>"):page.index("</style>")]
check("url(" not in style and "@import" not in style, "a style that loads something")
headings = [e.text for e in root.iter() if name(e) == "h2"]
check(len(headings) == len(set(headings)), "a heading twice")
for line in wrong:
    print(f"{sys.argv[1]}: {line}")
print(f"{len(headings)} sections, {pictures} pictures")
sys.exit(bool(wrong))
