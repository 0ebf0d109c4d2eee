#!/usr/bin/env python3
"""Rules of the house that a compiler does not hold: who may include whom, sizes, registered tests, clean words.

Prints file:line: message for every breach and ends with 1 if there is any. An argument is another root (for its test).
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
ROOMS = ("stream", "store", "ingest", "exporters", "app", "tests")
# Everything points at stream; ingest, store and exporters never at each other; app and tests see all.
MAY_INCLUDE = {"stream": {"stream"}, "store": {"store", "stream"}, "ingest": {"ingest", "stream"},
               "exporters": {"exporters", "stream"}, "app": set(ROOMS) - {"tests"}, "tests": set(ROOMS)}
# Inside ingest: the dialects and the doors know the small rooms, never each other.
INGEST_SMALL = {"form", "json", "proof", "asio"}
# Third-party headers stay in the rooms that need them, and out of the headers other rooms include.
THIRD_PARTY = {"boost/": {"ingest/http", "ingest/rest", "ingest/asio", "tests"}, "rocksdb/": {"store", "tests"}, "jemalloc/": {"tests/bench"},
               "simdjson": {"ingest/json", "ingest/rest", "tests"}, "prometheus/": {"exporters/prometheus", "tests/bench"}, "zlib.h": {"exporters/prometheus", "tests"}, "openssl/": {"ingest/proof", "tests"}, "crypt.h": {"ingest/proof"},
               "yaml-cpp/": {"app"}, "spdlog/": {"app"}, "systemd/": {"app"}, "CLI/": {"app"}, "fmt/": {"app", "exporters/table", "tests"}, "date/": {"stream/kpi", "app", "tests"},
               "muParser": {"stream/kpi/formula.cpp"},
               "xlsxwriter.h": {"exporters/table"}, "gtest/": {"tests"}, "gmock/": {"tests"}, "benchmark/": {"tests"}}
# What stream may include beside the standard library: the library, and the files that need it.
STREAM_MAY = {"date/": re.compile(r"stream/.*\.cpp"), "muParser": re.compile(r"stream/kpi/formula\.cpp")}
# Of the system, not of a library. All else with a folder or ".h" in its name has to be in the list above.
SYSTEM = re.compile(r"(sys|netinet|arpa|linux)/\w+\.h|(unistd|termios|fcntl|dlfcn|signal|sched|pthread|pwd|stdlib|stdio|string|errno|time|malloc)\.h|\w+")
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
# Written apart, so that this file does not breach its own rule.
FORBIDDEN = [re.compile(p) for p in ("/wor" + "k/", "/ho" + "me/[a-z]", "deb[.]deb" + "ian", "registry[.]np" + "m", "pyp" + "i[.]org",
                                     "pythonhos" + "ted", "crates[.]" + "io", "proxy[.]golan" + "g", "sub" + "agent")]
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')
OPENS_FUNCTION = re.compile(r"^[A-Za-z~].*\)[^;]*\{\s*$|^  [A-Za-z~\[].*\)[^;=]*\{\s*$")


def tracked(*patterns: str) -> list[Path]:
    out = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in out.split("\0") if name and (ROOT / name).exists()]


def lines_of(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines()


def include_breaches(path: Path) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    room = name.split("/")[0]
    return [f"{name}:{number}: {text}" for number, target in includes(path) for text in one_include(name, room, target)]


def one_include(name: str, room: str, target: str) -> list[str]:
    into = target.split("/")[0]
    if into in ROOMS:
        if into not in MAY_INCLUDE[room]:
            return [f"{room} must not include {target}"]
        mine, theirs = name.split("/")[1], target.split("/")[1]
        if room == into == "ingest" and "/" in target[7:] and theirs not in INGEST_SMALL | {mine}:
            return [f"ingest/{mine} must not include {target}"]
        return []
    if room == "stream" and not re.fullmatch(r"\w+", target) and not any(
            target.startswith(prefix) and files.fullmatch(name) for prefix, files in STREAM_MAY.items()):
        return [f"stream needs the standard library only, date/ in a .cpp, and muParser in kpi/formula.cpp: {target}"]
    if room == "tests" and "/" not in target and (ROOT / name).with_name(target).exists():
        return []  # a helper beside the test
    rooms = library_rooms(target)
    if rooms is None:
        return [] if SYSTEM.fullmatch(target) else [f"{target} is of no library that is known here"]
    if not any((name + "/").startswith(r + "/") for r in rooms):
        return [f"{target} stays out of here (allowed in: {', '.join(sorted(rooms))})"]
    return []


def library_rooms(target: str) -> set[str] | None:
    """Where the library of a header may be included; None: it is of none."""
    return next((rooms for prefix, rooms in THIRD_PARTY.items() if target.startswith(prefix)), None)


def includes(path: Path) -> list[tuple[int, str]]:
    return [(number, match[1]) for number, line in enumerate(lines_of(path), 1) if (match := INCLUDE.match(line))]


def folder_of(name: str) -> str:
    """The room in the sense of the build: ingest/http and the like."""
    parts = name.split("/")
    return "/".join(parts[:2 if parts[0] in ("ingest", "exporters") else 1])


def public_header_breaches(sources: list[Path]) -> list[str]:
    """A header that other rooms include brings no library that those rooms may not include themselves."""
    users: dict[str, set[str]] = {}
    for path in sources:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("tests/"):
            continue
        for _, target in includes(path):
            if target.split("/")[0] in ROOMS and folder_of(target) != folder_of(name):
                users.setdefault(target, set()).add(name)
    found = []
    for header, names in sorted(users.items()):
        for number, target in includes(ROOT / header) if (ROOT / header).exists() else []:
            rooms = library_rooms(target)
            strangers = [n for n in sorted(names) if rooms is not None and not any((n + "/").startswith(r + "/") for r in rooms)]
            if strangers:
                found.append(f"{header}:{number}: {target} in a header that {strangers[0]} includes")
    return found


def size_breaches(path: Path) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    lines = lines_of(path)
    found = [f"{name}:{FILE_LINES_MAX}: file of {len(lines)} lines"] if len(lines) > FILE_LINES_MAX else []
    begin = 0
    for number, line in enumerate(lines, 1):
        if OPENS_FUNCTION.match(line) and not re.match(r"\s*(namespace|class|struct|enum|switch|for|while|if|union)\b", line):
            begin = number
        indent = "  " if begin and lines[begin - 1].startswith("  ") else ""
        if begin and line in (indent + "}", indent + "};"):
            if number - begin + 1 > FUNCTION_LINES_MAX:
                found.append(f"{name}:{begin}: function of {number - begin + 1} lines")
            begin = 0
    if path.suffix == ".hpp" and "#pragma once" not in lines:
        found.append(f"{name}:1: a header begins with #pragma once")
    return found


def unregistered(path: Path) -> list[str]:
    """A source next to a CMakeLists.txt, or below one, that no list names is never built."""
    name = path.relative_to(ROOT).as_posix()
    for folder in path.parents:
        lists = folder / "CMakeLists.txt"
        if lists.exists():
            registered = re.search(rf"(^|[\s/(]){re.escape(path.name)}(?=[\s)]|$)", lists.read_text(), re.M) or \
                re.search(rf"(^|[\s(]){re.escape(path.stem)}(?=[\s)]|$)", lists.read_text(), re.M)
            return [] if registered else [f"{name}:1: not named in {lists.relative_to(ROOT)}: never built"]
    return [f"{name}:1: no CMakeLists.txt above"]


def unregistered_script(path: Path) -> list[str]:
    """A test_*.py runs when its CMakeLists.txt, or a test beside it that does run, names it."""
    name = path.relative_to(ROOT).as_posix()
    lists = path.with_name("CMakeLists.txt")
    text = lists.read_text() if lists.exists() else ""
    named = [p for p in path.parent.glob("test_*.py") if re.search(rf"\b(test_)?{p.stem[5:]}\b", text)]
    if path in named or any(re.search(rf"\b{path.stem}\b", p.read_text()) for p in named):
        return []
    return [f"{name}:1: named in no CMakeLists.txt: never run"]


def unregistered_folder(path: Path) -> list[str]:
    """A CMakeLists.txt that no other one adds is never read."""
    name = path.relative_to(ROOT).as_posix()
    if path.parent == ROOT:
        return []
    folders = list(path.parents)[1:]
    for folder in folders[:folders.index(ROOT) + 1]:
        lists = folder / "CMakeLists.txt"
        if lists.exists():
            wanted = path.parent.relative_to(folder).as_posix()
            return [] if re.search(rf"(?<![\w/]){re.escape(wanted)}(?![\w/])", lists.read_text()) else \
                [f"{name}:1: {lists.relative_to(ROOT)} does not add this folder"]
    return [f"{name}:1: no CMakeLists.txt above"]


def word_breaches(path: Path) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    return [f"{name}:{number}: speaks of {pattern.pattern}" for number, line in enumerate(lines_of(path), 1)
            for pattern in FORBIDDEN if pattern.search(line)]


def format_breaches(paths: list[Path]) -> list[str]:
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *map(str, paths)], cwd=ROOT, capture_output=True, text=True)
    return [line.replace(str(ROOT) + "/", "") for line in done.stderr.splitlines() if ": error:" in line]


def main() -> None:
    sources = [p for p in tracked("*.cpp", "*.hpp") if p.relative_to(ROOT).parts[0] in ROOMS]
    found = [text for path in sources for text in include_breaches(path) + size_breaches(path)]
    found += public_header_breaches(sources)
    found += [text for path in sources if path.suffix == ".cpp" for text in unregistered(path)]
    found += [text for path in tracked("tests/*/test_*.py") for text in unregistered_script(path)]
    found += [text for path in tracked("*CMakeLists.txt") for text in unregistered_folder(path)]
    found += [text for path in tracked() if path.suffix not in {".form", ".png"} for text in word_breaches(path)]
    found += format_breaches(sources)
    print("\n".join(found) or f"{len(sources)} sources keep the rules of the house")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
