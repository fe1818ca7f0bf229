"""What documents and workflows show is what there is: commands, front matter, blocks."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
import yaml

from dlsite.cli import parser
from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.records import SourceFile
from dlsite.texts.frontmatter import read

ROOT = Path(__file__).parent.parent
_COMMAND = re.compile(
    r"^\s*(?:\$ |- run: |run: |entry: |exec |- )?[\"']*(?:[^\s\"']*/)?dlsite[\"']* "
    r"(?P<rest>[a-z-][^#\n`>]*)",
    re.MULTILINE,
)
# What stands for what a shell or a workflow fills in.
_FILLED_IN = {"$STRICT": "", "$EXTERNAL": "", "dask://HOST:PORT": "dask://127.0.0.1:1"}


def _commands() -> Iterator[tuple[str, str]]:
    files = [*ROOT.glob("docs/*.md"), *ROOT.glob("*.md"), ROOT / "action.yml", ROOT / "Makefile"]
    for file in sorted([*files, ROOT / ".pre-commit-hooks.yaml"]):
        text = file.read_text(encoding="utf-8")
        blocks = re.findall(r"```(?:sh|console|yaml)\n(.*?)```", text, re.DOTALL)
        for block in blocks if file.suffix == ".md" else [text]:
            for match in _COMMAND.finditer(block):
                yield str(file.relative_to(ROOT)), match["rest"].split("&&")[0].strip()


@pytest.mark.parametrize(("file", "command"), sorted(set(_commands())))
def test_command_of_a_document_is_one(file: str, command: str) -> None:
    del file
    for name, value in _FILLED_IN.items():
        command = command.replace(name, value)
    words = shlex.split(re.sub(r"\$\{\{.*?\}\}", "x", command).rstrip("'"))
    parser().parse(words)


def test_hook_and_action_are_what_their_hosts_expect() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {"id", "name", "entry", "language"} <= hook.keys()
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert action["runs"]["using"] == "composite"
    named = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert named == set(action["inputs"])
    for step in action["runs"]["steps"]:
        assert "uses" in step or step["shell"] == "bash"


def _example(language: str) -> str:
    text = (ROOT / "docs/writing.md").read_text("utf-8")
    match = re.search(rf"^(`{{3,}}){language}\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL)
    assert match
    return match[2]


def test_front_matter_that_the_documents_show_is_understood() -> None:
    source = SourceFile("a.md", "a.md", f"{_example('yaml')}Text.\n", "")
    split, found = read(source, timezone=UTC)
    assert found == ()
    assert split.front_matter.requires == ("/softmax",)
    assert split.front_matter.redirect_from == ("/old_address",)
    assert split.front_matter.extra == {}


def test_blocks_that_the_documents_show_are_what_they_say() -> None:
    converted = Converter(MarkupOptions()).convert(_example("markdown"))
    assert converted.problems == ()
    assert converted.html.count('class="callout ') == 2
    assert converted.html.count('class="tab"') == 1
