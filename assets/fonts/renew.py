#!/usr/bin/env python3
"""Fetches the bundled fonts anew and writes fonts.json.

    pip install fonttools brotli
    python3 assets/fonts/renew.py

npm's client fetches the packages of PACKAGES by name and version into a temporary folder; the files are copied from
there. Only the colour emoji are changed (their SVG table is dropped). README.md tells the rest.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.ttCollection import TTCollection

HERE = Path(__file__).resolve().parent
VARIABLE, STATIC = "@fontsource-variable", "@fontsource"
FONTSOURCE = "5.3.0"
EMOJI = ("@expo-google-fonts/noto-color-emoji", "0.4.6")
CJK_PACKAGE, CJK_VERSION = "fonts-noto-cjk", "1:20220127+repack1-1"
CJK_FOLDER = "/usr/share/fonts/opentype/noto"

# Family as templates name it, package, style, slices in the order in which a character is looked for.
LATIN = ["latin", "latin-ext"]
TEXT = [
    ("Anton", STATIC, "anton", "400-normal", LATIN),
    ("Archivo", VARIABLE, "archivo", "standard-normal", LATIN),
    ("Baloo 2", VARIABLE, "baloo-2", "wght-normal", LATIN),
    ("Bricolage Grotesque", VARIABLE, "bricolage-grotesque", "opsz-normal", LATIN),
    ("DM Sans", VARIABLE, "dm-sans", "standard-normal", LATIN),
    ("Fraunces", VARIABLE, "fraunces", "full-normal", LATIN),
    ("Fraunces", VARIABLE, "fraunces", "full-italic", LATIN),
    ("IBM Plex Mono", STATIC, "ibm-plex-mono", "400-normal", LATIN),
    ("Instrument Serif", STATIC, "instrument-serif", "400-normal", LATIN),
    ("Instrument Serif", STATIC, "instrument-serif", "400-italic", LATIN),
    ("Inter", VARIABLE, "inter", "standard-normal", LATIN),
    ("JetBrains Mono", VARIABLE, "jetbrains-mono", "wght-normal", LATIN),
    ("Nunito", VARIABLE, "nunito", "wght-normal", LATIN),
    ("Sora", VARIABLE, "sora", "wght-normal", LATIN),
]
FALLBACK = [
    ("Noto Sans", VARIABLE, "noto-sans", "wght-normal",
     ["cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese", "latin-ext", "latin"]),
    ("Noto Sans Arabic", VARIABLE, "noto-sans-arabic", "wght-normal", ["arabic"]),
    ("Noto Sans Hebrew", VARIABLE, "noto-sans-hebrew", "wght-normal", ["hebrew"]),
    ("Noto Sans Devanagari", VARIABLE, "noto-sans-devanagari", "wght-normal", ["devanagari"]),
    ("Noto Sans Thai", VARIABLE, "noto-sans-thai", "wght-normal", ["thai"]),
    ("Noto Sans Symbols 2", STATIC, "noto-sans-symbols-2", "400-normal", ["symbols", "math"]),
    ("Noto Sans Symbols", STATIC, "noto-sans-symbols", "400-normal", ["symbols"]),
    ("Noto Sans Math", STATIC, "noto-sans-math", "400-normal", ["latin"]),
]
CJK = ["JP", "KR", "SC", "TC", "HK"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        modules = fetch(Path(folder))
        families = []
        for kind, table in (("text", TEXT), ("fallback", FALLBACK)):
            for row in table:
                add_slices(families, modules, kind, *row)
        families.append(emoji(modules))
    manifest = {"format": 1, "families": families, "external": cjk()}
    (HERE / "fonts.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    total = sum(part["bytes"] for family in families for part in family["parts"])
    print(f"{len(families)} families, {total:,} bytes")


def fetch(folder):
    wanted = {f"{scope}/{package}@{FONTSOURCE}" for _, scope, package, _, _ in TEXT + FALLBACK}
    wanted.add("@".join(EMOJI))
    subprocess.run(["npm", "init", "-y"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *sorted(wanted)],
                   cwd=folder, check=True)
    return folder / "node_modules"


def add_slices(families, modules, kind, family, scope, package, style, slices):
    source = modules / scope / package
    entry = next((known for known in families if known["family"] == family), None)
    if entry is None:
        shutil.rmtree(HERE / package, ignore_errors=True)
        (HERE / package).mkdir()
        shutil.copyfile(source / "LICENSE", HERE / package / "OFL.txt")
        entry = {"family": family, "kind": kind, "license": {"spdx": "OFL-1.1", "file": f"{package}/OFL.txt"},
                 "parts": []}
        families.append(entry)
    for name in slices:
        file = f"{package}-{name}-{style}.woff2"
        shutil.copyfile(source / "files" / file, HERE / package / file)
        entry["parts"].append(describe(HERE / package / file, f"{package}/{file}", {
            "package": f"npm:{scope}/{package}", "version": FONTSOURCE, "file": f"files/{file}"}))


def emoji(modules):
    """The COLRv1 outlines stay, the same pictures as SVG go: 25 MB become 2, and no renderer of ours reads SVG glyphs."""
    package, version = EMOJI
    folder = HERE / "noto-color-emoji"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copyfile(modules / package / "LICENSE_FONT", folder / "OFL.txt")
    origin = "400Regular/NotoColorEmoji_400Regular.ttf"
    font = TTFont(modules / package / origin, recalcTimestamp=False)
    del font["SVG "]
    font.flavor = "woff2"
    file = "noto-color-emoji-colrv1.woff2"
    font.save(folder / file)
    part = describe(folder / file, f"noto-color-emoji/{file}",
                    {"package": f"npm:{package}", "version": version, "file": origin, "changed": "SVG table dropped"})
    return {"family": "Noto Color Emoji", "kind": "emoji",
            "license": {"spdx": "OFL-1.1", "file": "noto-color-emoji/OFL.txt"}, "parts": [part]}


def describe(path, file, origin):
    font = TTFont(path)
    axes = {axis.axisTag: [axis.minValue, axis.defaultValue, axis.maxValue] for axis in font["fvar"].axes} \
        if "fvar" in font else {}
    data = path.read_bytes()
    italic = bool(font["OS/2"].fsSelection & 1) or "-italic" in file
    weight = None if "wght" in axes else font["OS/2"].usWeightClass
    return {"file": file, "style": "italic" if italic else "normal", "weight": weight, "axes": axes, "characters": len(font.getBestCmap()),
            "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
            "origin": origin}


def cjk():
    """Over 10 MB each, so they stay in their Debian package and are used only with the pinned SHA-256."""
    rows = []
    for weight, name in ((400, "Regular"), (700, "Bold")):
        path = f"{CJK_FOLDER}/NotoSansCJK-{name}.ttc"
        if not os.path.exists(path):
            sys.exit(f"{path} is missing: apt-get install {CJK_PACKAGE}")
        faces = [font["name"].getDebugName(1) for font in TTCollection(path, lazy=True).fonts]
        data = Path(path).read_bytes()
        rows.append({
            "path": path, "weight": weight, "style": "normal", "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "faces": [{"index": faces.index(next(f for f in faces if f.startswith(f"Noto Sans CJK {code}"))),
                       "family": f"Noto Sans CJK {code}"} for code in CJK],
            "license": {"spdx": "OFL-1.1", "file": "/usr/share/doc/fonts-noto-cjk/copyright"},
            "origin": {"package": f"debian:{CJK_PACKAGE}", "version": CJK_VERSION, "file": path},
        })
    return rows


if __name__ == "__main__":
    main()
