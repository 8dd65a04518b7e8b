"""Every bad service file is said to be bad, at its place and with advice, and nothing is written."""

from __future__ import annotations

import pytest

from gitops_obs import findings, source
from gitops_obs.errors import Severity
from gitops_obs.workspace import Workspace
from tests.core import projects
from tests.core.bad_input import ALL, HEAD, MALFORMED, UNREADABLE

PLACE = "services/checkout.yaml"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """An empty project, to read files against."""
    return Workspace(projects.write(tmp_path_factory.mktemp("empty"), {PLACE: HEAD}))


def first_error(found):
    """The error that is printed first."""
    return min((d for d in found if d.severity is Severity.ERROR), key=lambda d: d.sort_key())


def test_the_head_of_all_bad_files_is_good(workspace):
    """What is found is in what the table adds."""
    read = workspace.read("checkout.yaml", HEAD.encode())
    assert read.findings == []
    assert read.service.name == "checkout"


@pytest.mark.parametrize(
    ("objective", "lost", "kept"),
    [("90%", "1h (a page at 144%)", ["6h", "1d", "3d"]), ("80%", "6h (a page at 120%)", ["1d", "3d"]),
     ("60%", "1d (a ticket at 120%)", ["3d"])],
)  # fmt: skip
def test_rows_that_no_share_of_failures_reaches_are_left_out_and_said(objective, lost, kept, workspace):
    """An objective so low that not even an outage would alert must not look as if it were watched."""
    read = workspace.read("checkout.yaml", f"{HEAD}slos: {{availability: {objective}}}\n".encode())
    (found,) = read.findings
    assert (found.code, found.severity, found.span.column) == ("OBS111", Severity.WARNING, 22)
    assert lost in found.message
    assert [row.long for row in read.service.availability.rows] == kept


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.id)
def test_a_bad_file_is_a_finding_with_place_and_advice(bad, workspace):
    """Code, line, column and hint; the file is no service."""
    read = workspace.read("checkout.yaml", bad.data)
    found = first_error(read.findings)
    assert (found.code, found.span.line, found.span.column) == (bad.code, bad.line, bad.column)
    assert found.span.file == PLACE
    assert found.hint
    assert read.service is None


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.id)
def test_a_finding_can_be_printed(bad, workspace):
    """Messages are one line of bounded length without a full stop, places lie in the file, codes have a page."""
    lines = bad.data.decode("utf-8", "replace").split("\n")
    for found in workspace.read("checkout.yaml", bad.data).findings:
        assert "\n" not in found.message
        assert len(found.message) <= 240
        assert not found.message.endswith(".")
        assert found.code in findings.codes()
        assert 0 <= found.span.line <= len(lines)
        assert (found.span.line, found.span.column) <= (found.span.end_line, found.span.end_column)


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.id)
def test_both_readers_agree_that_a_file_is_bad(bad, workspace, monkeypatch):
    """Without the fast reader the findings are the same."""
    fast = workspace.read("checkout.yaml", bad.data).findings
    monkeypatch.setattr(source, "_FAST", [None])
    assert workspace.read("checkout.yaml", bad.data).findings == fast


@pytest.mark.parametrize("bad", (*UNREADABLE, *MALFORMED), ids=lambda bad: bad.id)
def test_the_project_file_is_read_as_strictly(bad, tmp_path):
    """What cannot be read is a finding there as well, and never an exception."""
    space = Workspace(projects.write(tmp_path, {"gitops-obs.yaml": bad.data, PLACE: HEAD}))
    assert bad.code in projects.codes(space.diagnostics)


@pytest.mark.parametrize("folder", ("presets", "panels", "alerts"))
@pytest.mark.parametrize("bad", (*UNREADABLE, *MALFORMED), ids=lambda bad: bad.id)
def test_files_of_a_projects_own_are_read_as_strictly(bad, folder, tmp_path):
    """Presets, panels and alerts in YAML: a finding with the file's name, and never an exception."""
    space = Workspace(projects.write(tmp_path, {f"{folder}/mine.yaml": bad.data, PLACE: HEAD}))
    assert {d.span.file for d in space.diagnostics} == {f"{folder}/mine.yaml"}
    assert projects.codes(space.diagnostics)[0] == ("OBS118" if folder == "presets" else bad.code)


@pytest.mark.parametrize("line_end", ("\r\n", "\r", "\n"))
def test_line_ends_of_every_system_are_read(line_end, workspace):
    """Places are counted in the lines that a reader sees."""
    text = (HEAD + "tier: 9\n").replace("\n", line_end)
    found = first_error(workspace.read("checkout.yaml", text.encode()).findings)
    assert (found.code, found.span.line, found.span.column) == ("OBS104", 4, 7)


def test_a_byte_order_mark_at_the_start_is_no_finding(workspace):
    """Editors on Windows write one."""
    assert workspace.read("checkout.yaml", b"\xef\xbb\xbf" + HEAD.encode()).findings == []


def test_columns_count_characters(workspace):
    """Not bytes, nor what UTF-16 needs."""
    text = HEAD + 'description: "\U0001f600\u00e9" # \U0001f600\nlinks: {logs: "\U0001f600"}\n'
    found = first_error(workspace.read("checkout.yaml", text.encode()).findings)
    assert (found.span.line, found.span.column, found.span.end_column) == (5, 15, 18)


def test_one_bad_key_hides_no_other(workspace):
    """Everything wrong with a file is said at once."""
    text = HEAD.replace("prometheus_http", "prometheus_htp") + "tier: 9\nslo: {}\nlinks: {logs: x}\n"
    codes = sorted(projects.codes(workspace.read("checkout.yaml", text.encode()).findings))
    assert codes == ["OBS101", "OBS104", "OBS104", "OBS107"]
