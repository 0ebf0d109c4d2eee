#!/usr/bin/env python3
"""Every rule of the house, broken on purpose in a small repository of its own."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RULES = Path(__file__).with_name("house_rules.py")
CLEAN = {
    "CMakeLists.txt": "add_subdirectory(stream)\nadd_subdirectory(store)\nadd_subdirectory(ingest)\nadd_subdirectory(tests)\n",
    "stream/CMakeLists.txt": "kpistream_room(s SOURCES fact.cpp kpi/calendar.cpp kpi/formula.cpp)\n",
    "stream/fact.cpp": '#include "stream/fact.hpp"\n',
    "stream/fact.hpp": "#pragma once\n\n#include <string>\n",
    "stream/kpi/calendar.cpp": "#include <date/tz.h>\n",
    "stream/kpi/formula.cpp": "#include <muParser.h>\n",
    "store/CMakeLists.txt": "kpistream_room(s SOURCES store.cpp)\n",
    "store/store.cpp": '#include <rocksdb/db.h>\n#include <sys/stat.h>\n\n#include "stream/fact.hpp"\n',
    "ingest/CMakeLists.txt": "add_subdirectory(http)\nadd_subdirectory(form)\n",
    "ingest/http/CMakeLists.txt": "kpistream_room(h SOURCES server.cpp)\n",
    "ingest/http/server.cpp": '#include "ingest/form/form.hpp"\n',
    "ingest/form/CMakeLists.txt": "kpistream_room(f SOURCES form.cpp)\n",
    "ingest/form/form.cpp": "",
    "ingest/form/form.hpp": "#pragma once\n",
    "tests/CMakeLists.txt": "add_subdirectory(unit)\n",
    "tests/unit/CMakeLists.txt": "kpistream_test(a SOURCES a_test.cpp)\nforeach(name day)\n",
    "tests/unit/a_test.cpp": '#include <gtest/gtest.h>\n\n#include "helper.hpp"\n',
    "tests/unit/helper.hpp": "#pragma once\n",
    "tests/unit/test_day.py": "import test_more\n",
    "tests/unit/test_more.py": "",
}


class HouseRules(unittest.TestCase):
    def breaches(self, **changed: str) -> str:
        """What is found in the clean repository with these files instead; `__` stands for a slash, `_dot_` for a dot."""
        with tempfile.TemporaryDirectory() as folder:
            files = CLEAN | {name.replace("__", "/").replace("_dot_", "."): text for name, text in changed.items()}
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
            subprocess.run(["git", "add", "."], cwd=folder, check=True)
            done = subprocess.run([sys.executable, RULES, folder], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1 if ":" in done.stdout else 0, done.stderr)
            return done.stdout if done.returncode else ""

    def assert_breach(self, text: str, **changed: str) -> None:
        found = self.breaches(**changed)
        self.assertIn(text, found)
        self.assertEqual(len(found.splitlines()), 1, found)

    def test_a_clean_repository_has_none(self) -> None:
        self.assertEqual(self.breaches(), "")

    def test_everything_points_at_stream(self) -> None:
        self.assert_breach("stream/fact.cpp:1: stream must not include store/store.hpp",
                           stream__fact_dot_cpp='#include "store/store.hpp"\n')
        self.assert_breach("store must not include ingest/form/form.hpp",
                           store__store_dot_cpp='#include "ingest/form/form.hpp"\n')
        self.assert_breach("ingest must not include exporters/x.hpp", ingest__form__form_dot_cpp='#include "exporters/x.hpp"\n')
        self.assert_breach("ingest/form must not include ingest/http/server.hpp",
                           ingest__form__form_dot_cpp='#include "ingest/http/server.hpp"\n')
        self.assert_breach("store must not include app/main.hpp", store__store_dot_cpp='#include "app/main.hpp"\n')

    def test_libraries_stay_in_their_rooms(self) -> None:
        self.assert_breach("rocksdb/db.h stays out of here", ingest__form__form_dot_cpp="#include <rocksdb/db.h>\n")
        self.assert_breach("simdjson.h stays out of here", store__store_dot_cpp="#include <simdjson.h>\n")
        self.assert_breach("nlohmann/json.hpp is of no library", store__store_dot_cpp="#include <nlohmann/json.hpp>\n")

    def test_stream_needs_the_standard_library_only(self) -> None:
        for header in ("boost/asio.hpp", "unistd.h", "date/date.h"):
            name = "stream__kpi__zone_dot_hpp" if header == "date/date.h" else "stream__fact_dot_cpp"
            self.assert_breach(f"stream needs the standard library only, date/ in a .cpp, and muParser in kpi/formula.cpp: {header}",
                               **{name: f"#pragma once\n#include <{header}>\n"})

    def test_one_source_of_stream_reads_expressions(self) -> None:
        for name in ("stream__kpi__calendar_dot_cpp", "stream__fact_dot_cpp"):
            self.assert_breach("and muParser in kpi/formula.cpp: muParser.h", **{name: "#include <muParser.h>\n"})
        self.assert_breach("and muParser in kpi/formula.cpp: muParserDef.h",
                           stream__kpi__formula_dot_hpp="#pragma once\n#include <muParserDef.h>\n")
        self.assert_breach("stream/kpi/formula.cpp:1: stream needs the standard library only",
                           stream__kpi__formula_dot_cpp="#include <boost/asio.hpp>\n")
        self.assert_breach("muParser.h stays out of here", store__store_dot_cpp="#include <muParser.h>\n")

    def test_a_public_header_brings_no_library(self) -> None:
        self.assert_breach("store/store.hpp:3: rocksdb/db.h in a header that app/main.cpp includes",
                           CMakeLists_dot_txt=CLEAN["CMakeLists.txt"] + "add_subdirectory(app)\n",
                           app__CMakeLists_dot_txt="add_executable(k main.cpp)\n",
                           app__main_dot_cpp='#include "store/store.hpp"\n',
                           store__store_dot_hpp="#pragma once\n\n#include <rocksdb/db.h>\n")

    def test_what_is_not_listed_is_never_built(self) -> None:
        self.assert_breach("tests/unit/b_test.cpp:1: not named in tests/unit/CMakeLists.txt", tests__unit__b_test_dot_cpp="")
        self.assert_breach("tests/unit/test_night.py:1: named in no CMakeLists.txt", tests__unit__test_night_dot_py="")
        self.assert_breach("tests/more/CMakeLists.txt:1: tests/CMakeLists.txt does not add this folder",
                           tests__more__CMakeLists_dot_txt="")

    def test_sizes_have_limits(self) -> None:
        self.assert_breach("ingest/form/form.cpp:500: file of 501 lines", ingest__form__form_dot_cpp="// a line\n" * 501)
        self.assertEqual(self.breaches(ingest__form__form_dot_cpp="int f() {\n" + "  g();\n" * 68 + "}\n"), "")
        self.assert_breach("ingest/form/form.cpp:1: function of 71 lines",
                           ingest__form__form_dot_cpp="int f() {\n" + "  g();\n" * 69 + "}\n")
        self.assert_breach("function of 71 lines",
                           ingest__form__form_dot_cpp="class A {\n  int f() {\n" + "    g();\n" * 69 + "  }\n};\n")

    def test_a_header_is_read_once(self) -> None:
        self.assert_breach("stream/fact.hpp:1: a header begins with #pragma once", stream__fact_dot_hpp="")

    def test_the_machine_is_not_spoken_of(self) -> None:
        for word in ("/wo" + "rk/main", "pypi" + ".org", "/home" + "/user"):
            self.assert_breach("README.md:2: speaks of", README_dot_md=f"# A\nsee {word}\n")

    def test_the_format_is_clangs(self) -> None:
        self.assertIn("stream/fact.cpp:1", self.breaches(stream__fact_dot_cpp="int   f( );\n"))


if __name__ == "__main__":
    unittest.main()
