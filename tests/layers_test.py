#!/usr/bin/env python3
"""Compares every #include of the project with the layers that CMakeLists.txt declares.

A file of a layer may include its own layer and the layers that qflow_layer(NAME ...) lists; private headers (without
qflow/ in front) only of its own layer; third-party headers only where THIRD_PARTY says.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Each library has one home. tl/expected, fmt and nlohmann's value type are words of the house's own language.
THIRD_PARTY = {
    "toml++/": {"src/flowfile/toml_document.cpp"},
    "CLI/": {"src/cli/option_parser.cpp"},
    "re2/": {"src/expression/pattern.cpp"},
    "openssl/": {"src/model/sha256.cpp"},
    "nlohmann/": {"include/qflow/model/json.h"},
    "sqlite3.h": {"src/store/sqlite_connection.cpp", "src/store/sqlite_files.cpp", "src/store/sqlite_query.cpp",
                  "src/sensor/sqlite_session.cpp"},
    "libpq-fe.h": {"src/sensor/libpq.h"},
    "curl/": {"src/sensor/curl_transport.cpp"},
}


def declared_layers():
    text = (ROOT / "CMakeLists.txt").read_text()
    return {name: set(uses.split(" LIBRARIES ")[0].split()) for name, uses in re.findall(r"^qflow_layer\((\w+)([^)]*)\)", text, re.M)}


def layer_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] == "include":
        return parts[2]
    return parts[1] if len(parts) > 2 else None


def problems_of(path, layers):
    layer = layer_of(path)
    name = str(path.relative_to(ROOT))
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#include\s+[<"]([^>"]+)[>"]', line)
        if not found:
            continue
        header = found.group(1)
        where = f"{name}:{number}: {header}"
        public = re.match(r"qflow/(\w+)/", header)
        if public and layer and public.group(1) != layer and public.group(1) not in layers[layer]:
            yield f"{where}: layer {layer} may not use {public.group(1)}"
        private = re.match(r"(\w+)/[\w/]+\.h$", header)
        if private and private.group(1) in layers and private.group(1) != layer and name.startswith(("src/", "include/")):
            yield f"{where}: a private header of layer {private.group(1)}"
        for library, homes in THIRD_PARTY.items():
            if header.startswith(library) and name not in homes:
                yield f"{where}: only for {', '.join(sorted(homes))}"


def main():
    layers = declared_layers()
    files = [p for top in ("include", "src") for p in sorted((ROOT / top).rglob("*")) if p.suffix in (".h", ".cpp")]
    problems = [problem for path in files for problem in problems_of(path, layers)]
    for problem in problems:
        print(problem)
    print(f"{len(files)} files, {len(problems)} problems")
    return 1 if problems or not files or not layers else 0


if __name__ == "__main__":
    sys.exit(main())
