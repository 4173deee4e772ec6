"""`quizapp stats`: numbers against SciPy and by hand, and files as people and spreadsheets make them."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from scipy import stats as scipy_stats

from quizapp.cli import cli

KEY = {"key": {"Q1": "A", "Q2": "B"}, "options": ["A", "B", "C"]}
SMALL = "student,Q1,Q2\nann,A,B\nben,A,C\ncem,,A\n"


@dataclass(frozen=True)
class Desk:
    """A folder in which files are written and analysed."""

    folder: Path

    def run(self, responses: str | bytes, *, key: Any = None, maxima: Any = None, shape: str = "json") -> Result:
        file = self.folder / "class.csv"
        file.write_bytes(responses if isinstance(responses, bytes) else responses.encode())
        given, option = (maxima, "--max") if key is None else (key, "--key")
        other = self.folder / f"{option[2:]}.json"
        other.write_bytes(given if isinstance(given, bytes) else json.dumps(given).encode())
        return CliRunner().invoke(cli, ["stats", str(file), option, str(other), "--format", shape])

    def found(self, responses: str | bytes, *, key: Any = None, maxima: Any = None) -> dict[str, Any]:
        done = self.run(responses, key=key, maxima=maxima)
        assert (done.exit_code, done.stderr) == (0, ""), done.output
        answer: dict[str, Any] = json.loads(done.stdout, parse_constant=pytest.fail)
        return answer


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def csv_of(columns: list[str], rows: list[list[str]]) -> str:
    lines = [["student", *columns], *([f"s{number}", *row] for number, row in enumerate(rows))]
    return "".join(",".join(line) + "\n" for line in lines)


# ---------------------------------------------------------------- the numbers


def test_by_hand(desk: Desk) -> None:
    # Marks 1 1 1 1 / 1 1 1 0 / 1 1 0 0 / 1 0 0 1 / 0 1 0 0 / 0 0 0 0, one option right each time.
    table = ["AAAA", "AAAB", "AABB", "ABBA", "BABB", "BBBB"]
    key = {"key": {f"Q{n}": "A" for n in range(1, 5)}, "options": ["A", "B"]}
    found = desk.found(csv_of(list(key["key"]), [list(row) for row in table]), key=key)
    assert (found["n"], found["k"], found["mean"]) == (6, 4, 2)
    assert found["sd"] == pytest.approx(math.sqrt(2))
    assert found["alpha"] == pytest.approx(4 / 3 * (1 - (4 * 4 / 15) / 2))
    assert found["sem"] == pytest.approx(math.sqrt(2) * math.sqrt(1 - found["alpha"]))
    first, _, _, last = found["items"]
    assert (first["item"], first["shown"], first["blank"]) == ("Q1", 6, 0)
    assert first["facility"] == pytest.approx(2 / 3)
    assert first["facility_interval"] == pytest.approx([0.3000, 0.9032], abs=5e-5)
    assert first["sd"] == pytest.approx(math.sqrt(4 / 15))
    assert first["item_rest_r"] == pytest.approx(0.625)
    assert last["item_rest_r"] == pytest.approx((2 / 3) / math.sqrt((4 / 3) * (22 / 3)))
    # g = 2: totals from 3 are the upper third, up to 1 the lower; choosers of A hold 4 3 2 2 of 4 marks.
    assert first["options"]["A"] == {
        "count": 4,
        "upper": 2,
        "lower": 0,
        "option_rest_r": pytest.approx(0.625),
        "mean_total": pytest.approx(11 / 16),
    }
    assert list(first["options"]) == ["A", "B", "blank"]
    assert first["options"]["blank"] == {
        "count": 0,
        "upper": 0,
        "lower": 0,
        "option_rest_r": None,
        "mean_total": None,
    }


def test_as_scipy_has_it(desk: Desk) -> None:
    """Forty students, eight items of up to four marks, nothing blank: everything against NumPy and SciPy."""
    rng = random.Random(11)
    n, k = 40, 8
    maxima = {f"i{j}": 1 + j % 4 for j in range(k)}
    rows = [[rng.randint(0, round(most * (s + 10) / 50)) for most in maxima.values()] for s in range(n)]
    found = desk.found(csv_of(list(maxima), [[str(mark) for mark in row] for row in rows]), maxima=maxima)
    marks = np.array(rows, dtype=float)
    totals = marks.sum(axis=1)
    assert found["mean"] == pytest.approx(totals.mean(), abs=1e-12)
    assert found["sd"] == pytest.approx(totals.std(ddof=1), abs=1e-12)
    alpha = k / (k - 1) * (1 - marks.var(axis=0, ddof=1).sum() / totals.var(ddof=1))
    assert found["alpha"] == pytest.approx(alpha, abs=1e-12)
    quantiles = scipy_stats.f.ppf([0.975, 0.025], n - 1, (n - 1) * (k - 1))
    assert found["alpha_interval"] == pytest.approx([1 - (1 - alpha) * float(f) for f in quantiles], abs=1e-9)
    assert found["sem"] == pytest.approx(totals.std(ddof=1) * math.sqrt(1 - alpha), abs=1e-12)
    for column, item in enumerate(found["items"]):
        most = list(maxima.values())[column]
        r = float(scipy_stats.pearsonr(marks[:, column], totals - marks[:, column]).statistic)
        assert item["item_rest_r"] == pytest.approx(r, abs=1e-12)
        interval = scipy_stats.pearsonr(marks[:, column], totals - marks[:, column]).confidence_interval()
        assert item["item_rest_r_interval"] == pytest.approx(list(interval), abs=1e-9)
        assert item["facility"] == pytest.approx(marks[:, column].mean() / most, abs=1e-12)
        assert item["sd"] == pytest.approx(marks[:, column].std(ddof=1) / most, abs=1e-12)
        assert (item["shown"], item["blank"], item["options"]) == (n, 0, None)
        if most == 1:
            proportion = scipy_stats.binomtest(int(marks[:, column].sum()), n).proportion_ci(method="wilson")
            assert item["facility_interval"] == pytest.approx([proportion.low, proportion.high], abs=1e-9)
        else:
            assert item["facility_interval"] is None


def test_options_as_numpy_has_them(desk: Desk) -> None:
    """Blanks count as wrong; thirds keep ties together; r of a choice is with the other items."""
    rng = random.Random(4)
    items, n = [f"i{j}" for j in range(6)], 31
    right = dict(zip(items, "ABCABC", strict=True))
    rows = [
        [right[item] if rng.random() < (s + 5) / 40 else rng.choice(["A", "B", "C", ""]) for item in items]
        for s in range(n)
    ]
    found = desk.found(csv_of(items, rows), key={"key": right, "options": list("ABC")})
    marks = np.array([[float(cell == right[item]) for item, cell in zip(items, row, strict=True)] for row in rows])
    totals = marks.sum(axis=1)
    size = math.ceil(n / 3)
    upper, lower = totals >= np.sort(totals)[-size], totals <= np.sort(totals)[size - 1]
    for column, item in enumerate(found["items"]):
        cells = np.array([row[column] for row in rows])
        rest = totals - marks[:, column]
        assert item["blank"] == int((cells == "").sum()) == item["options"]["blank"]["count"]
        for option, row in item["options"].items():
            chose = cells == ("" if option == "blank" else option)
            assert (row["count"], row["upper"], row["lower"]) == (
                int(chose.sum()),
                int((chose & upper).sum()),
                int((chose & lower).sum()),
            )
            assert row["mean_total"] == pytest.approx(totals[chose].mean() / len(items), abs=1e-12)
            assert row["option_rest_r"] == pytest.approx(float(np.corrcoef(chose, rest)[0, 1]), abs=1e-12)


def test_what_was_not_presented_is_missing(desk: Desk) -> None:
    found = desk.found(
        "student,a,b,c\nann,1,1,NP\nben,1,0,1\ncem,0,0,0\ndot,1,NP,0\neve,NP,NP,NP\n", maxima={"a": 1, "b": 1, "c": 1}
    )
    assert (found["n"], found["k"], found["mean"]) == (4, 3, 1.25)
    assert [item["shown"] for item in found["items"]] == [4, 3, 3]
    # Rests of a, as shares of what else was shown: 1/1, 1/2, 0/2, 0/1.
    x, y = [1, 1, 0, 1], [1, 0.5, 0, 0]
    assert found["items"][0]["item_rest_r"] == pytest.approx(float(np.corrcoef(x, y)[0, 1]))
    assert (found["alpha"], found["alpha_interval"], found["sem"]) == (None, None, None)


def test_flags_know_no_floors(desk: Desk) -> None:
    """Eight students, of whom the best four prefer B: too few for a page, not for a file."""
    rows = [["B", *"AAAA"]] * 3 + [["B", *"AAAC"], ["A", *"ACCC"], ["A", *"CCCC"], ["C", *"CCCA"], ["A", *"CCCC"]]
    items = [f"i{j}" for j in range(5)]
    key = {"key": dict.fromkeys(items, "A"), "options": list("ABC")}
    found = desk.found(csv_of(items, rows), key=key)
    assert found["items"][0]["flags"] == ["check-key", "does-not-separate"]
    assert found["items"][1]["flags"] == []


def test_alpha_from_two_items_and_below_zero(desk: Desk) -> None:
    found = desk.found("student,a,b\np,1,0\nq,0,1\nr,1,0\ns,1,1\n", maxima={"a": 1, "b": 1})
    # Item variances 1/4 and 1/3, totals 1 1 1 2 with variance 1/4.
    assert found["alpha"] == pytest.approx(2 * (1 - (1 / 4 + 1 / 3) / (1 / 4)))
    assert found["alpha"] < 0
    assert found["sem"] == pytest.approx(0.5 * math.sqrt(1 - found["alpha"]))


# ---------------------------------------------------------------- little said, nothing broken


@pytest.mark.parametrize(
    ("rows", "n"),
    [
        ([["A", "B"]], 1),
        ([["A", "B"]] * 5, 5),
        ([["", ""]] * 5, 5),
        ([["NP", "NP"]] * 3, 0),
        ([["A", "C"], ["C", "B"]], 2),
        ([["A", "NP"], ["NP", "B"]], 2),
    ],
    ids=["one student", "all alike", "all blank", "nothing presented", "equal totals", "nothing in common"],
)
def test_what_is_not_defined_is_null(desk: Desk, rows: list[list[str]], n: int) -> None:
    found = desk.found(csv_of(["Q1", "Q2"], rows), key=KEY)
    assert found["n"] == n
    assert (found["alpha"], found["alpha_interval"], found["sem"]) == (None, None, None)
    for item in found["items"]:
        assert (item["item_rest_r"], item["item_rest_r_interval"], item["flags"]) == (None, None, [])
        assert (item["facility"] is None) == (item["shown"] == 0)


def test_constant_item_among_others(desk: Desk) -> None:
    found = desk.found("student,a,b,c\np,1,1,1\nq,1,0,0\nr,1,1,0\ns,1,0,1\n", maxima={"a": 1, "b": 1, "c": 1})
    constant = found["items"][0]
    assert (constant["facility"], constant["sd"], constant["item_rest_r"]) == (1, 0, None)
    assert found["k"] == 3
    assert found["alpha"] is not None


def test_files_as_spreadsheets_save_them(desk: Desk) -> None:
    plain = desk.found(SMALL, key=KEY)
    assert plain["items"][0]["blank"] == 1
    for other in (
        "\ufeff" + SMALL,
        SMALL.replace(",", ";"),
        SMALL.replace(",", "\t"),
        SMALL.replace("\n", "\r\n"),
        SMALL.replace("\n", "\r"),
        "\n" + SMALL.replace("ben", " ben ").replace("C", '" C "') + "\n,,\n",
        SMALL.removesuffix("\n"),
    ):
        assert desk.found(other, key=KEY) == plain, repr(other)
    assert desk.found(SMALL, key=b"\xef\xbb\xbf" + json.dumps(KEY).encode()) == plain


def test_decimal_comma_where_semicolons_separate(desk: Desk) -> None:
    found = desk.found("student;a\nann;0,5\nben;1,5\n", maxima={"a": 2})
    assert found["items"][0]["facility"] == 0.5


def test_signs_of_all_languages(desk: Desk) -> None:
    table = 'Schüler,"Frage, 1"\n"Ünal, 李\n雷","ع"\n'
    found = desk.found(table, key={"key": {"Frage, 1": "ع"}, "options": ["ع", "ب"]})
    assert found["items"][0]["item"] == "Frage, 1"
    assert found["items"][0]["options"]["ع"]["count"] == 1


def test_a_very_wide_table(desk: Desk) -> None:
    items = [f"item-{number}" for number in range(8_000)]
    table = csv_of(items, [["1"] * len(items)] * 3)
    assert desk.found(table, maxima=dict.fromkeys(items, 1))["mean"] == len(items)


# ---------------------------------------------------------------- one sentence, with the place


def refused(done: Result, *words: str) -> None:
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", ("class.csv, row 1", "Name the columns")),
        ("\n\n", ("row 1",)),
        ("student\nann\n", ("row 1",)),
        ("student,Q1,Q2\n", ("row 2", "one row for each student")),
        ("student,Q1,Q1\nann,A,B\n", ("row 1, column 3", "“Q1”", "already")),
        ("student,Q1,\nann,A,B\n", ("row 1, column 3", "Name the item")),
        ("student,Q1,Q9\nann,A,B\n", ("row 1, column 3", "key.json has no item “Q9”")),
        ("student,Q1\nann,A\n", ("key.json, item “Q2”", "no column")),
        (SMALL + "ann,B,B\n", ("row 5, column 1", "“ann”", "row 2 already")),
        (SMALL + ",B,B\n", ("row 5, column 1", "Name the student")),
        (SMALL + "dot,B\n", ("row 5, column 3", "2 cells")),
        (SMALL + "dot,B,A,C\n", ("row 5, column 4", "4 cells")),
        (SMALL + "dot,B,D\n", ("row 5, column “Q2”", "“D”", "A, B, C")),
        (SMALL + "dot,b,A\n", ("row 5, column “Q1”", "“b”")),
        (SMALL + "\n\ndot,np,A\n", ("row 7, column “Q1”", "“np”")),
        (SMALL + "dot,\x1b[31m,A\n", ("row 5", "“ [31m”")),
        (SMALL + 'dot,"A,A\n', ("row 5", "no row of a CSV file")),
        (SMALL + 'dot,"A"A,A\n', ("row 5", "no row of a CSV file")),
        (SMALL + f"dot,{'x' * 200_000},A\n", ("row 5", "no row of a CSV file")),
        (SMALL + f"dot,{'x' * 100_000},A\n", ("row 5", f"“{'x' * 40}…”")),
        (SMALL.encode("utf-16"), ("class.csv", "UTF-8")),
        ("student,Q1,Q2\nJos\xe9,A,B\n".encode("latin-1"), ("class.csv", "UTF-8")),
    ],
)
def test_bad_table_is_told_with_its_place(desk: Desk, table: str | bytes, words: tuple[str, ...]) -> None:
    for shape in ("json", "text"):
        refused(desk.run(table, key=KEY, shape=shape), *words)


@pytest.mark.parametrize("cell", ["x", "-1", "2.1", "nan", "inf", "1_0", "0x1", "0,5", "1e999", "١", "--1", "1 0"])
def test_bad_mark_is_told_with_its_place(desk: Desk, cell: str) -> None:
    table = f'student,a,b\nann,1,1\nben,2,"{cell}"\n'
    refused(desk.run(table, maxima={"a": 2, "b": 2}), "class.csv, row 3, column “b”: ", cell)


@pytest.mark.parametrize("cell", ["0", "2", "2.0", ".5", "1.", "+1", "1e-3", " 1 ", ""])
def test_marks_may_be_written_in_many_ways(desk: Desk, cell: str) -> None:
    assert desk.found(f"student,a\nann,{cell}\n", maxima={"a": 2})["n"] == 1


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (b"", ("row 1, column 1", "no JSON")),
        (b"{", ("no JSON",)),
        (b"[" * 100_000, ("key.json",)),
        (b"\xff", ("key.json", "UTF-8")),
        (b"9" * 5000, ("key.json",)),
        ([], ("must be",)),
        ({"key": {"Q1": "A", "Q2": "B"}}, ("must be", "options")),
        ({**KEY, "more": 1}, ("must be",)),
        ({**KEY, "options": "ABC"}, ("list",)),
        ({**KEY, "options": []}, ("list",)),
        ({**KEY, "options": ["A", "B", 3]}, ("entry 3",)),
        ({**KEY, "options": ["A", "B", "B"]}, ("entry 3", "twice")),
        ({**KEY, "options": ["A", "B", ""]}, ("entry 3",)),
        ({**KEY, "options": ["A", "B", "NP"]}, ("entry 3",)),
        ({**KEY, "options": ["A", "B", "blank"]}, ("entry 3",)),
        ({**KEY, "options": ["A", "B", "\ud800"]}, ("entry 3",)),
        ({**KEY, "key": ["A"]}, ('"key"',)),
        ({**KEY, "key": {"Q1": "A", "Q2": "D"}}, ("item “Q2”", "“D”")),
        ({**KEY, "key": {"Q1": "A", "Q2": ["B"]}}, ("item “Q2”",)),
        (b'{"key": {"Q1": "A", "Q1": "B"}, "options": ["A"]}', ("“Q1”", "twice")),
    ],
)
def test_bad_key_is_told(desk: Desk, key: Any, words: tuple[str, ...]) -> None:
    refused(desk.run(SMALL, key=key), *words)


@pytest.mark.parametrize("most", ["1", 0, -1, True, None, 1e400, math.nan, [1], 10**400])
def test_bad_maximum_is_told(desk: Desk, most: Any) -> None:
    refused(desk.run(SMALL, maxima={"Q1": 1, "Q2": most}), "max.json, item “Q2”", "above 0")


def test_wrong_call_exits_2(desk: Desk) -> None:
    desk.run(SMALL, key=KEY)
    file, key = str(desk.folder / "class.csv"), str(desk.folder / "key.json")
    for words in ([file], [file, "--key", key, "--max", key], [file, "--key", "none.json"], ["none.csv", "--key", key]):
        done = CliRunner().invoke(cli, ["stats", *words])
        assert (done.exit_code, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


def test_text_says_the_same_rounded(desk: Desk) -> None:
    done = desk.run(SMALL.replace("Q1", "Q\x1b1"), key={**KEY, "key": {"Q\x1b1": "A", "Q2": "B"}}, shape="text")
    assert done.exit_code == 0
    assert "3 students, 2 items; mean 1.00, SD 1.00 marks" in done.stdout
    assert "\x1b" not in done.stdout
    assert "nan" not in done.stdout


def test_needs_neither_web_nor_database(desk: Desk) -> None:
    desk.run(SMALL, key=KEY)
    words = ["stats", str(desk.folder / "class.csv"), "--key", str(desk.folder / "key.json")]
    question = (
        "import sys\nfrom click.testing import CliRunner\nfrom quizapp.cli import cli\n"
        f"assert CliRunner().invoke(cli, {words!r}).exit_code == 0\n"
        "sys.exit(' '.join({'flask', 'sqlalchemy', 'numpy'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=False)
    assert done.stderr == ""
