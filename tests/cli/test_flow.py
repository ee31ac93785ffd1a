"""The commands for flows, as somebody types them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.cli.flow import check_flows
from bot.core.schema import schema_text
from bot.language.flowtexts import read_po
from tests.support.flows import SOUND, broken

Pnyx = Callable[..., Result]
PLAIN = broken(('{ en = "Thank you.", de = "Danke." }', '"Thank you."'), ("Essen", "Speisen"))


@pytest.fixture
def pnyx() -> Pnyx:
    def call(*words: object) -> Result:
        result = CliRunner().invoke(main, [str(w) for w in words], env={"COLUMNS": "160"})
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flow.toml").write_text(PLAIN, encoding="utf-8")
    return tmp_path


def test_alone_it_explains_itself(pnyx: Pnyx) -> None:
    for words in ((), ("--help",)):
        assert "Pnyx runs citizen assemblies" in pnyx(*words).output
    assert {"check", "graph", "schema", "texts", "timeline"} <= set(pnyx("flow", "--help").output.split())


def test_check_says_that_a_flow_is_sound(pnyx: Pnyx, tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text(SOUND, encoding="utf-8")
    result = pnyx("flow", "check", tmp_path / "good.toml")
    assert result.exit_code == 0
    assert "Sound: 14 steps, 2 sites, en, de. bottles@" in result.output


def test_check_lists_problems_step_by_step_errors_first(pnyx: Pnyx, tmp_path: Path) -> None:
    text = broken(
        (" dont_know = true,", ""),
        (', de = "Stadt"', ""),
        ("Europe/Vienna", "Europe/Rome"),
        ("expected = 24", "expected = 8"),
    )
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    result = pnyx("flow", "check", tmp_path / "bad.toml")
    assert result.exit_code == 1
    lines = [line.strip() for line in result.output.splitlines()]
    assert lines[1:3] == ['Step "profile"', "error  questions.area.options.city.text  (texts-complete)"]
    assert lines.index("warning  questions.area  (way-out)") < lines.index('Step "ballot"')
    assert lines[-1] == "1 error and 2 warnings. It cannot run like this: mend the errors first."


def test_check_says_why_if_asked(pnyx: Pnyx, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(broken(('plan = "tables"', 'plan = "x"')), encoding="utf-8")
    assert "Why: " not in pnyx("flow", "check", tmp_path / "bad.toml").output
    assert (
        "Why: People are put at tables by a group plan." in pnyx("flow", "check", "--why", tmp_path / "bad.toml").output
    )


def test_what_people_wrote_is_shown_as_it_is(pnyx: Pnyx, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(broken(('plan = "tables"', 'plan = "[bold]x[/bold]"')), encoding="utf-8")
    assert '"[bold]x[/bold]"' in pnyx("flow", "check", tmp_path / "bad.toml").output


def test_check_of_several_flows_fails_if_one_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.toml").write_text(SOUND, encoding="utf-8")
    assert check_flows([tmp_path / "good.toml"]) == 0
    assert check_flows([tmp_path / "good.toml", tmp_path / "nowhere"]) == 1
    assert check_flows([]) == 0
    assert capsys.readouterr().out.count("Sound:") == 2


def test_graph_draws_lines_and_charts(pnyx: Pnyx, folder: Path) -> None:
    drawn = pnyx("flow", "graph", folder).output
    assert (
        "themes       repeat     over themes\n  talk       discuss    for 20m\nside         parallel   for 15m\n"
        in drawn
    )
    assert pnyx("flow", "graph", folder, "--format", "mermaid").output.startswith("flowchart TD\n")


def test_graph_of_what_cannot_be_walked_says_why(pnyx: Pnyx, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(broken(('type = "discuss"', 'type = "talk"')), encoding="utf-8")
    for command in ("graph", "timeline"):
        result = pnyx("flow", command, tmp_path / "bad.toml")
        assert result.exit_code == 1
        assert 'Found the type "talk"' in result.output


def test_timeline_shows_each_step_at_each_site_in_its_time_and_in_utc(pnyx: Pnyx, folder: Path) -> None:
    lines = [" ".join(line.split()) for line in pnyx("flow", "timeline", folder).output.splitlines()]
    pairs = list(pairwise(lines))
    wien = "hello wien Tue 02 Mar 2027 18:00 Tue 02 Mar 2027 18:30"
    london = "hello london Tue 02 Mar 2027 18:00 Tue 02 Mar 2027 18:30"
    assert (wien, "welcome 2027-03-02 17:00 UTC 2027-03-02 17:30 UTC") in pairs
    assert (london, "welcome 2027-03-02 18:00 UTC 2027-03-02 18:30 UTC") in pairs
    assert "talk.food wien ~Tue 02 Mar 2027 18:30 ~Tue 02 Mar 2027 18:50" in lines


def test_timeline_starts_when_it_is_told_to_or_says_what_it_assumed(pnyx: Pnyx, folder: Path) -> None:
    assert "2027-05-01 07:00" in pnyx("flow", "timeline", folder, "--start", "2027-05-01T09:00").output
    (folder / "flow.toml").write_text(broken(("start = 2027-03-02T18:00:00\n", "")), encoding="utf-8")
    assert "The flow has no start. Reckoned from" in pnyx("flow", "timeline", folder).output


def test_schema_is_printed_and_written(pnyx: Pnyx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.flow.flows_dir", lambda: tmp_path)
    assert pnyx("flow", "schema").output == schema_text()
    assert "Written: " in pnyx("flow", "schema", "--write").output
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == schema_text()


def test_texts_go_out_and_what_is_translated_stays(pnyx: Pnyx, folder: Path) -> None:
    assert "de.po: 14 texts, 1 text to translate." in pnyx("flow", "texts", "export", folder).output
    po = (folder / "de.po").read_text(encoding="utf-8")
    assert read_po(po)["step.hello.text", "Good evening."] == "Guten Abend."
    (folder / "de.po").write_text(_translate(po, "step.bye.text", "Danke schön."), encoding="utf-8")
    assert "de.po: 14 texts, complete." in pnyx("flow", "texts", "export", folder).output
    assert "Sound:" in pnyx("flow", "check", folder).output


def test_a_changed_source_keeps_the_old_translation_as_a_draft(pnyx: Pnyx, folder: Path) -> None:
    pnyx("flow", "texts", "export", folder)
    po = _translate((folder / "de.po").read_text(encoding="utf-8"), "step.bye.text", "Danke schön.")
    (folder / "de.po").write_text(po, encoding="utf-8")
    (folder / "flow.toml").write_text(PLAIN.replace('"Thank you."', '"Thank you all."'), encoding="utf-8")
    for _ in range(2):
        assert "1 text to translate" in pnyx("flow", "texts", "export", folder).output
        assert '#, fuzzy\nmsgctxt "step.bye.text"\nmsgid "Thank you all."\nmsgstr "Danke schön."' in (
            folder / "de.po"
        ).read_text(encoding="utf-8")


def test_texts_come_back_and_what_does_not_fit_is_told(pnyx: Pnyx, folder: Path, tmp_path: Path) -> None:
    pnyx("flow", "texts", "export", folder)
    po = (folder / "de.po").read_text(encoding="utf-8")
    back = tmp_path / "from-the-translator.po"
    back.write_text(_translate(po, "step.bye.text", "Danke schön."), encoding="utf-8")
    result = pnyx("flow", "texts", "fill", folder, back)
    assert (result.exit_code, "de: complete." in result.output) == (0, True)
    back.write_text(
        po.replace("Über: {item}", "Über: {thema}").replace('"Good evening."', '"Good day."'), encoding="utf-8"
    )
    result = pnyx("flow", "texts", "fill", folder, back)
    assert result.exit_code == 1
    assert "step.talk.text: found no placeholder; the source has {item}. Write the same." in result.output
    assert "step.hello.text: this text has changed since, or is gone." in result.output
    assert read_po((folder / "de.po").read_text(encoding="utf-8"))["step.talk.text", "About: {item}"] == "Über: {item}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('msgid ""\nmsgstr ""\n"Language: fr\\n"\n', 'is in "fr"; the languages to translate into are de.'),
        ("Hello\n", "cannot be read: line 1"),
        (None, "cannot be opened: No such file or directory."),
    ],
)
def test_a_file_that_is_not_for_this_flow_is_refused(pnyx: Pnyx, folder: Path, content: str | None, words: str) -> None:
    back = folder / "x.po.txt"
    if content is not None:
        back.write_text(content, encoding="utf-8")
    result = pnyx("flow", "texts", "fill", folder, back)
    assert result.exit_code == 1
    assert words in result.output


def _translate(po: str, place: str, words: str) -> str:
    """The file with a translation filled in where there was none."""
    before, after = po.split(f'msgctxt "{place}"', 1)
    assert 'msgstr ""' in after
    return f'{before}msgctxt "{place}"' + after.replace('msgstr ""', f'msgstr "{words}"', 1)
