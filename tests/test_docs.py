"""What documents and workflows show is what there is: commands, front matter, blocks."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC
from pathlib import Path

import pytest
import yaml

from dlsite.cli import parser
from dlsite.config.file import read_config
from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.records import FrontMatter, SourceFile
from dlsite.texts.frontmatter import read
from running import Run

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


def _example(language: str, under: str) -> str:
    """Return the first block of a language under a heading of the guide for authors."""
    text = (ROOT / "docs/writing.md").read_text("utf-8").partition(f"\n## {under}\n")[2]
    match = re.search(rf"^(`{{3,}}){language}\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL)
    assert match
    return match[2]


def test_front_matter_that_the_documents_show_is_understood() -> None:
    source = SourceFile("a.md", "a.md", f"{_example('yaml', 'Front matter')}Text.\n", "")
    split, found = read(source, timezone=UTC)
    assert found == ()
    assert split.front_matter.requires == ("/softmax",)
    assert split.front_matter.redirect_from == ("/old_address",)
    assert split.front_matter.extra == {}


def test_blocks_that_the_documents_show_are_what_they_say() -> None:
    converted = Converter(MarkupOptions()).convert(_example("markdown", "Text"))
    assert converted.problems == ()
    assert converted.html.count('class="callout ') == 2
    assert converted.html.count('class="tab"') == 1


def test_every_field_of_front_matter_is_in_the_documents() -> None:
    text = (ROOT / "docs/writing.md").read_text("utf-8")
    names = {each.name for each in fields(FrontMatter)} - {"extra", "positions"}
    assert [name for name in sorted(names) if not re.search(rf"[`\n]{name}[`:]", text)] == []


def test_options_of_markdown_that_the_documents_show_are_all_with_their_defaults() -> None:
    shown = _example("yaml", "What a site may choose")
    config, found = read_config(shown)
    assert found == ()
    assert config.markup == MarkupOptions()
    names = {
        (f"math_{key}" if section == "math" else key)
        for section, options in yaml.safe_load(shown).items()
        for key in options
    }
    assert names == {each.name for each in fields(MarkupOptions)}


def test_every_benchmark_is_named_where_one_looks_for_it() -> None:
    places = [ROOT / "Makefile", *ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    text = "".join(place.read_text("utf-8") for place in places)
    programs = [
        f"benchmarks/{path.name}"
        for path in ROOT.glob("benchmarks/*.py")
        if '__name__ == "__main__"' in path.read_text("utf-8")
    ]
    assert programs
    assert [program for program in programs if program not in text] == []


def test_links_of_the_documents_lead_somewhere(run: Run, tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(ROOT / "docs", content / "docs")
    for file in [*ROOT.glob("*.md"), ROOT / "tests/README.md"]:
        place = content / file.relative_to(ROOT)
        place.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, place)
    ran = run(tmp_path, "check", "--select", "link-")
    assert (ran.code, ran.out.partition(" pages checked: ")[2]) == (0, "no findings\n")
