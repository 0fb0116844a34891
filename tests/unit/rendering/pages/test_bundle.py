from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from mammocalc.rendering.pages import bundle as module
from mammocalc.rendering.pages.bundle import BundleError, bundle


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let scripts be read from a folder of the test."""
    monkeypatch.setattr("mammocalc.rendering.pages.bundle.resources.files", lambda _name: tmp_path)
    (tmp_path / "shared").mkdir()
    return tmp_path


def test_what_is_imported_comes_first_and_once_and_names_stay_apart(package: Path) -> None:
    (package / "shared" / "a.js").write_text("const own = 1;\nexport function one() { return own; }\n")
    (package / "b.js").write_text('import { one as first } from "./shared/a.js";\nexport const two = first() + 1;\n')
    (package / "page.js").write_text(
        'import { two } from "./b.js";\nimport {\n  one,\n} from "./shared/a.js";\nlog(one, two);\n'
    )
    assert bundle("page.js") == (
        "(() => {\n"
        'const module_shared_a = (() => {\n"use strict";\n'
        "const own = 1;\nfunction one() { return own; }\nreturn { one };\n})();\n"
        'const module_b = (() => {\n"use strict";\n'
        "const { one: first } = module_shared_a;\nconst two = first() + 1;\nreturn { two };\n})();\n"
        'const module_page = (() => {\n"use strict";\n'
        "const { two } = module_b;\nconst { one, } = module_shared_a;\nlog(one, two);\nreturn {  };\n})();\n"
        "})();\n"
    )


def test_modules_that_import_each_other_are_refused(package: Path) -> None:
    (package / "a.js").write_text('import { b } from "./b.js";\nexport const a = b;\n')
    (package / "b.js").write_text('import { a } from "./a.js";\nexport const b = a;\n')
    with pytest.raises(BundleError, match=r"a\.js imports b\.js imports a\.js"):
        bundle("a.js")


@pytest.mark.parametrize(
    "line",
    [
        'import "./b.js";',
        'import whole from "./b.js";',
        'import * as all from "./b.js";',
        'import { one } from "package";',
        "export default 1;",
        "export { one };",
        "export let one = 1;",
        'const text = "</script>";',
        "// <!-- ",
    ],
)
def test_what_would_not_run_in_a_page_is_refused(package: Path, line: str) -> None:
    (package / "page.js").write_text(f"const one = 1;\n{line}\n")
    with pytest.raises(BundleError, match=r"page\.js has a line"):
        bundle("page.js")


def test_names_of_two_paths_are_never_one() -> None:
    folder = Path(str(resources.files("mammocalc")))
    paths = [path.relative_to(folder).as_posix() for path in (folder / "rendering").rglob("*.js")]
    assert len(paths) > 20
    assert len({module._variable(path) for path in paths}) == len(paths)
