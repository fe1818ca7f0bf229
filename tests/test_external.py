"""Addresses outside the site, asked of a server that misbehaves in every way we know."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from dlsite.cli import main
from dlsite.config.settings import ExternalOptions
from dlsite.external.findings import external_findings, external_urls
from dlsite.external.run import answers_of
from dlsite.external.verdicts import (
    Answer,
    Verdict,
    is_for_readers,
    is_fresh,
    verdict_of,
    wait_seconds,
)
from dlsite.understanding import Analysis
from hostileserver import Hostile

HASTY = ExternalOptions(timeout_seconds=0.6, retries=1, pause_seconds=0.0)


@pytest.fixture(scope="module")
def _server() -> Iterator[Hostile]:
    server = Hostile()
    yield server
    server.close()


@pytest.fixture
def server(_server: Hostile) -> Hostile:
    _server.asked.clear()
    _server.headers.clear()
    return _server


def ask(path: Path, *urls: str, manners: ExternalOptions = HASTY, days: float = 1) -> list[Answer]:
    found = answers_of(
        urls,
        memory=path / "external.sqlite",
        manners=replace(manners, max_age_days=days),
        now=time.time,
        progress=lambda _done, _total: None,
    )
    return list(found.values())


@pytest.mark.parametrize(
    ("path", "verdict", "reason"),
    [
        ("/ok", Verdict.ALIVE, ""),
        ("/ok#fragment", Verdict.ALIVE, ""),
        ("/headless", Verdict.ALIVE, ""),
        ("/hangup", Verdict.ALIVE, ""),
        ("/busy", Verdict.ALIVE, ""),
        ("/endless", Verdict.ALIVE, ""),
        ("/short", Verdict.ALIVE, ""),
        ("/found", Verdict.ALIVE, ""),
        ("/moved", Verdict.MOVED, "it has moved to"),
        ("/404", Verdict.BROKEN, "the server answers 404"),
        ("/410", Verdict.BROKEN, "the server answers 410"),
        ("/lost", Verdict.BROKEN, "the server answers 404"),
        ("/loop_", Verdict.BROKEN, "circle"),
        ("/endlessly", Verdict.BROKEN, "more than 10 redirects"),
        ("/nowhere", Verdict.UNKNOWN, ""),
        ("/403", Verdict.UNKNOWN, "the server answers 403"),
        ("/503", Verdict.UNKNOWN, "the server answers 503"),
        ("/verybusy", Verdict.UNKNOWN, "the server answers 429"),
        ("/drip", Verdict.UNKNOWN, "it takes too long"),
        ("/vanish", Verdict.UNKNOWN, "the server hangs up"),
        ("/garbage", Verdict.UNKNOWN, "cannot be read"),
        ("/heavy", Verdict.UNKNOWN, "cannot be read"),
    ],
)
def test_each_answer_is_taken_for_what_it_is(
    server: Hostile, tmp_path: Path, path: str, verdict: Verdict, reason: str
) -> None:
    manners = ExternalOptions(
        timeout_seconds=0.6, retries=1 if path == "/busy" else 0, pause_seconds=0
    )
    (answer,) = ask(tmp_path, server.url(path), manners=manners)
    assert (answer.verdict, reason in answer.reason) == (verdict, True), answer


@pytest.mark.parametrize(
    ("fault", "verdict", "reason"),
    [
        (socket.EAI_NONAME, Verdict.BROKEN, "there is no such host"),
        (socket.EAI_AGAIN, Verdict.UNKNOWN, "the name of the host cannot be looked up"),
    ],
)
def test_host_without_an_address_is_broken_once_that_is_sure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int, verdict: Verdict, reason: str
) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(fault, "says the system")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    manners = ExternalOptions(retries=0, pause_seconds=0)
    (answer,) = ask(tmp_path, "http://gone.example/", manners=manners)
    assert (answer.verdict, answer.reason) == (verdict, reason)


def test_what_is_known_is_not_asked_again_until_it_is_old(server: Hostile, tmp_path: Path) -> None:
    urls = [server.url("/ok"), server.url("/404"), server.url("/503")]
    first = ask(tmp_path, *urls, manners=ExternalOptions(retries=0, pause_seconds=0))
    server.asked.clear()
    assert ask(tmp_path, *urls, manners=ExternalOptions(retries=0, pause_seconds=0))[0] == first[0]
    # What was not known is asked again.
    assert set(server.asked) == {"HEAD /503"}
    ask(tmp_path, *urls, manners=ExternalOptions(retries=0, pause_seconds=0), days=0)
    assert server.asked["HEAD /ok"] == 1


def test_unchanged_page_needs_no_second_look(server: Hostile, tmp_path: Path) -> None:
    ask(tmp_path, server.url("/marked"))
    (answer,) = ask(tmp_path, server.url("/marked"), days=0)
    assert answer.verdict is Verdict.ALIVE
    assert 'If-None-Match: "v1"' in server.headers[-1]


def test_interrupted_run_goes_on_where_it_ended(server: Hostile, tmp_path: Path) -> None:
    urls = [server.url(f"/ok/{number}") for number in range(20)]
    memory = tmp_path / "external.sqlite"

    def interrupt(done: int, _: int) -> None:
        if done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answers_of(urls, memory=memory, manners=HASTY, now=time.time, progress=interrupt)
    server.asked.clear()
    assert len(ask(tmp_path, *urls)) == 20
    # One that was on its way may come late, and is asked again.
    assert len(server.asked) <= 12


def test_no_host_is_asked_more_at_once_than_it_is_given(server: Hostile, tmp_path: Path) -> None:
    started = time.monotonic()
    urls = [server.url(f"/ok/{number}") for number in range(5)]
    ask(tmp_path, *urls, manners=ExternalOptions(per_host=1, pause_seconds=0.05))
    assert time.monotonic() - started > 0.24


def test_host_that_does_not_answer_is_left_alone(tmp_path: Path) -> None:
    # Port 9 of loopback: nobody listens, so each request fails at once.
    urls = [f"http://127.0.0.1:9/{number}" for number in range(30)]
    answers = ask(tmp_path, *urls, manners=ExternalOptions(retries=0, pause_seconds=0))
    assert {answer.verdict for answer in answers} == {Verdict.UNKNOWN}
    assert sum(answer.reason == "its host does not answer" for answer in answers) >= 25


def test_certificate_of_nobody_is_broken(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = Hostile(context)
    try:
        (answer,) = ask(tmp_path, server.url("/ok"))
    finally:
        server.close()
    assert (answer.verdict, answer.reason) == (Verdict.BROKEN, "its certificate is not valid")


def test_findings_stand_at_every_place_of_an_address(
    understood: Callable[[Mapping[str, str]], Analysis],
) -> None:
    links = "[a](https://x.org/1#f) [b](//x.org/1)\n[c](https://y.org) [d](https://z.org)\n"
    analysis = understood({"content/a.md": f"{links}[e](https://example.org) [f](mailto:a@b.c)"})
    urls = external_urls(analysis.site)
    assert urls == {"https://x.org/1#f", "https://x.org/1", "https://y.org", "https://z.org"}
    answers = {
        "https://x.org/1": Answer("", Verdict.MOVED, 0.0, "", "https://x.org/2"),
        "https://y.org": Answer("", Verdict.BROKEN, 0.0, "the server answers 404"),
        "https://z.org": Answer("", Verdict.UNKNOWN, 0.0, "it takes too long"),
    }
    found = external_findings(analysis.site, answers)
    assert [(str(each.position), each.level.value) for each in found] == [
        ("content/a.md:1:5", "info"),
        ("content/a.md:1:28", "info"),
        ("content/a.md:2:5", "error"),
        ("content/a.md:2:24", "info"),
    ]
    assert found[0].help == ("write 'https://x.org/2#f'",)
    assert found[3].help[1] == "or let it be: check: external: ignore: ['https://z.org']"
    assert found[2].message == "link to 'https://y.org' is broken: the server answers 404"


def test_weight_of_what_is_not_known_is_a_matter_of_its_own(
    server: Hostile,
    site: Callable[[Mapping[str, str]], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = (
        "check:\n  rules: {link-external-unknown: error, page-: 'off', link-external: warning}\n"
        f"  external: {{retries: 0, pause: 0, timeout: 5, ignore: ['{server.url('/no')}*']}}\n"
    )
    links = " ".join(f"[x]({server.url(path)})" for path in ("/403", "/404", "/no/1", "/no"))
    root = site({"content/a.md": f"# A\n\n{links}\n", "dlsite.yml": config})
    monkeypatch.setattr("dlsite.external.findings.is_for_readers", lambda _: True)
    main(["-C", str(root), "check", "--external", "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [(each["rule"], each["severity"]) for each in found] == [
        ("link-external-unknown", "error"),
        ("link-external", "warning"),
    ]
    assert not any("/no" in asked for asked in server.asked)


def test_check_asks_outside_only_when_told(
    server: Hostile,
    site: Callable[[Mapping[str, str]], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = site({"content/a.md": f"[gone]({server.url('/404')}) [fine]({server.url('/ok')})"})
    # The test's server stands where no reader's server does.
    monkeypatch.setattr("dlsite.external.findings.is_for_readers", lambda _: True)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert main(["-C", str(root), "check"]) == 0
    assert not server.asked
    assert main(["-C", str(root), "check", "--external"]) == 1
    out = capsys.readouterr().out
    assert "content/a.md:1:8: error: link to" in out
    assert "the server answers 404 [link-external]" in out
    assert out.splitlines()[-1] == "1 page checked: 1 error, 1 info; 2 addresses outside"
    main(["-C", str(root), "check", "--external"])
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.endswith("; 2 addresses outside, 2 remembered")
    assert (root / ".dlsite/external.sqlite").is_file()


@pytest.mark.parametrize("damage", ["no database", "other version", "nonsense in a row"])
def test_memory_that_cannot_be_used_is_begun_anew(
    server: Hostile, tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "external.sqlite"
    ask(tmp_path, server.url("/ok"))
    if damage == "no database":
        path.write_bytes(b"no database at all" * 100)
    else:
        with sqlite3.connect(path) as connection:
            change = "PRAGMA user_version = 99"
            row = "UPDATE answers SET answer = '{\"verdict\": 7}'"
            connection.execute(change if damage == "other version" else row)
        connection.close()
    assert ask(tmp_path, server.url("/ok"))[0].verdict is Verdict.ALIVE
    assert server.asked["HEAD /ok"] == 2


def test_memory_that_cannot_be_written_is_done_without(server: Hostile, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = tmp_path / "file/external.sqlite"
    found = answers_of(
        [server.url("/ok")],
        memory=memory,
        manners=HASTY,
        now=time.time,
        progress=lambda _done, _total: None,
    )
    assert [answer.verdict for answer in found.values()] == [Verdict.ALIVE]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(200, "alive"), (204, "alive"), (304, "alive"), (416, "alive"), (400, "broken"),
     (401, "unknown"), (404, "broken"), (410, "broken"), (451, "unknown"), (999, "unknown")],
)  # fmt: skip
def test_statuses_mean_what_they_say(status: int, verdict: str) -> None:
    assert verdict_of(status)[0] == verdict


@pytest.mark.parametrize(
    ("attempt", "retry_after", "seconds"),
    [
        (0, "", 1), (2, "", 4), (0, "5", 5), (0, "3600", None), (9, "", None), (0, "soon", 1),
        (0, "Thu, 01 Jan 1970 00:00:10 GMT", 10), (0, "Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ],
)  # fmt: skip
def test_waiting_obeys_the_server_within_bounds(
    attempt: int, retry_after: str, seconds: float | None
) -> None:
    assert wait_seconds(attempt, retry_after, 0.0) == seconds


def test_answers_grow_old_at_different_times() -> None:
    answers = [Answer(f"https://x/{number}", Verdict.ALIVE, 0.0) for number in range(200)]
    fresh = [is_fresh(each, now=90.0, max_age_seconds=100.0) for each in answers]
    assert 40 < sum(fresh) < 160
    assert all(is_fresh(each, now=79.0, max_age_seconds=100.0) for each in answers)
    assert not any(is_fresh(each, now=101.0, max_age_seconds=100.0) for each in answers)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://arxiv.org/abs/1706.03762", True), ("http://localhost:8000/", False),
        ("http://127.0.0.1/", False), ("http://[::1]/", False), ("https://example.org/x", False),
        ("https://www.example.com", False), ("https://my.test/", False), ("https://[::1", False),
        ("https://exampled.org/", True), ("//cdn.org/x", True), ("mailto:a@b.c", False),
    ],
)  # fmt: skip
def test_examples_and_own_machines_are_for_nobody(url: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_for_readers(url) is expected
