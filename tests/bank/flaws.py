"""One flaw for each rule about a question, put into any question of a bank that lends itself to it.

A flaw takes the plain data of a question and its set of options, and gives the data with the flaw, or
None where it cannot be put in: there is nothing to spoil, or the question would say it already.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeAlias

Data: TypeAlias = dict[str, Any]
Flaw: TypeAlias = Callable[[Data], "Data | None"]

FLAWS: dict[str, list[Flaw]] = {}
#: Words that other flaws rest on; a question that has them already cannot show whether the new one was seen.
CUES = re.compile(
    r"\b(always|never|all|none|every|every(?:one|body|thing)|nobody|nothing|only|must|impossible|completely|entirely"
    r"|totally|certainly|usually|often|sometimes|may|might|can|could|generally|probably|perhaps|tends?|likely)\b",
    re.IGNORECASE,
)


def flaw(code: str) -> Callable[[Flaw], Flaw]:
    def register(function: Flaw) -> Flaw:
        FLAWS.setdefault(code, []).append(function)
        return function

    return register


def spoilt(data: Data, code: str) -> list[Data]:
    """The question with each flaw for a rule that fits it."""
    return [found for function in FLAWS[code] if (found := function(deepcopy(data))) is not None]


def side(option: Data) -> str:
    return "right" if "right" in option else "wrong"


def said(option: Data) -> str:
    return str(option[side(option)])


def options(data: Data) -> tuple[Data, list[Data]] | None:
    """The right option and the wrong ones of a question to choose one answer from."""
    found = data.get("options", []) if data["type"] == "choice" else []
    right = [one for one in found if "right" in one]
    wrong = [one for one in found if "wrong" in one]
    return (right[0], wrong) if right and len(wrong) >= 2 else None


def reword(data: Data, *texts: str) -> Data | None:
    """Options with other texts, the right one first, as many as there are texts."""
    found = options(data)
    if found is None or len(found[1]) + 1 < len(texts):
        return None
    right, wrong = found
    right["right"] = texts[0]
    for option, text in zip(wrong, texts[1:], strict=False):
        option["wrong"] = text
    data["options"] = [right, *wrong[: len(texts) - 1]]
    return data


def changed(code: str, name: str, value: Any) -> None:
    """A flaw that is another value of one field, or its absence (None)."""

    @flaw(code)
    def change(data: Data) -> Data | None:
        if value is None:
            return data if data.pop(name, None) is not None else None
        data[name] = value
        return data


changed("stem-unfocused", "prompt", "What is it?")
changed("stem-unfocused", "prompt", "What these words of the report say about it")
changed("unfilled", "difficulty", None)
changed("unfilled", "skill", None)
changed("stale", "review_by", "2001-01-01")
changed("unknown-allow", "allow", {"clank": "It is meant so"})
changed("idle-allow", "allow", {"weights": "It is meant so"})


@flaw("negative-stem")
def _negative(data: Data) -> Data | None:
    data["prompt"] += " Which of these is not the case here?"
    return data if options(data) else None


@flaw("mid-blank")
def _blank(data: Data) -> Data | None:
    data["prompt"] = "This text is about ____ and about the town."
    return data


@flaw("a-an-cue")
def _article(data: Data) -> Data | None:
    data["prompt"] = "Read it once more. What the writer gives us here is an"
    return reword(data, "opinion of the paper", "fact about the town", "report from the place")


@flaw("absolute-cue")
def _absolute(data: Data) -> Data | None:
    found = options(data)
    if found is None or CUES.search(said(found[0])):
        return None
    found[1][0]["wrong"] = f"It is always so that {found[1][0]['wrong']}"
    return data


@flaw("vague-cue")
def _vague(data: Data) -> Data | None:
    found = options(data)
    if found is None or any(CUES.search(said(one)) for one in (found[0], *found[1])):
        return None
    found[0]["right"] += ", as is usually so"
    return data


@flaw("clang")
def _clang(data: Data) -> Data | None:
    found = options(data)
    if found is None:
        return None
    data["prompt"] = f"Think of zebrafish. {data['prompt']}"
    found[0]["right"] += " of a zebrafish"
    return data


@flaw("convergence")
def _centre(data: Data) -> Data | None:
    found = options(data)
    if found is None:
        return None
    right, wrong = found
    right["right"] += ", bridge harbour tower station, monday river storm council"
    wrong[0]["wrong"] += ", bridge harbour tower station"
    wrong[1]["wrong"] += ", monday river storm council"
    return data


@flaw("letter-in-feedback")
def _letter(data: Data) -> Data | None:
    found = options(data)
    if found is not None:
        found[1][0]["why"] = "Option B says more than this."
    return data if found else None


@flaw("letter-in-feedback")
def _place(data: Data) -> Data | None:
    data["hints"] = ["The first answer is a trap."]
    return data if options(data) else None


@flaw("key-longest")
def _longest(data: Data) -> Data | None:
    found = options(data)
    if found is None:
        return None
    longest = max(len(said(one)) for one in found[1])
    found[0]["right"] += " and what else the words of this text let us know" * (1 + longest // 20)
    return data


for _text in ("All of the above", "None of the above", "Both of the other answers", "All of these", "Option A"):

    @flaw("all-none-above")
    def _above(data: Data, text: str = _text) -> Data | None:
        found = options(data)
        if found is not None:
            found[1][-1]["wrong"] = text
            found[1][-1].pop("pin", None)
        return data if found else None


@flaw("combo")
def _numbers(data: Data) -> Data | None:
    found = options(data)
    if found is not None:
        found[1][-1]["wrong"] = "1 and 3"
    return data if found else None


@flaw("combo")
def _joined(data: Data) -> Data | None:
    found = options(data)
    if found is None or len(found[1]) < 3 or any(len(said(one).split()) < 2 for one in found[1]):
        return None
    found[1][-1]["wrong"] = f"{said(found[1][0]).rstrip('.')} and {said(found[1][1])}"
    return data


@flaw("lost-sequence")
def _days(data: Data) -> Data | None:
    return reword(data, "12 days", "3 days", "40 days")


@flaw("overlap-ranges")
def _ranges(data: Data) -> Data | None:
    return reword(data, "10 to 20 people", "30 to 40 people", "35 to 50 people")


@flaw("near-option")
def _turned(data: Data) -> Data | None:
    found = options(data)
    if found is None or len(set(re.findall(r"\w+", said(found[1][0])))) < 4:
        return None
    found[1][1]["wrong"] = " ".join(reversed(said(found[1][0]).split()))
    return data if said(found[1][1]).casefold() != said(found[1][0]).casefold() else None


@flaw("tf-in-choice")
def _yes_no(data: Data) -> Data | None:
    return reword(data, "Yes", "No")


@flaw("option-count")
def _two(data: Data) -> Data | None:
    return reword(data, "The mayor said so", "The paper said so")


@flaw("option-form")
def _stop(data: Data) -> Data | None:
    return reword(data, "The mayor said so", "The paper said so.", "The town said so")


@flaw("option-form")
def _capital(data: Data) -> Data | None:
    return reword(data, "The mayor has said so", "the paper has said so", "The town has said so")


@flaw("weights")
def _many(data: Data) -> Data | None:
    if data["type"] not in {"choice", "multiple"}:
        return None
    data["type"] = "multiple"
    data.pop("ask_reason", None)
    wrong = next(one for one in data["options"] if "wrong" in one)
    data["options"] = [wrong, *({"right": f"Part {number}", "why": "It is there."} for number in range(11))]
    return data


@flaw("no-why")
def _silent(data: Data) -> Data | None:
    found = options(data)
    return data if found is not None and found[1][0].pop("why", None) else None


for _reason in ("Wrong.", "This is not right.", "No, that is wrong!", "Try again"):

    @flaw("no-why")
    def _empty(data: Data, reason: str = _reason) -> Data | None:
        found = options(data)
        if found is not None:
            found[1][0]["why"] = reason
        return data if found else None


@flaw("explain-long")
def _long(data: Data) -> Data | None:
    data["explain"] = {**data.get("explain", {}), "evidence": "word " * 46}
    return data


@flaw("no-fair")
def _unfair(data: Data) -> Data | None:
    return data if data.get("explain", {}).pop("fair", None) else None


@flaw("lures")
def _one_sided(data: Data) -> Data | None:
    found = options(data)
    for option in found[1] if found else ():
        option["lure"] = "misread"
    return data if found else None


@flaw("no-lure")
def _no_lure(data: Data) -> Data | None:
    found = options(data)
    return data if found is not None and found[1][0].pop("lure", None) else None


@flaw("lure-length")
def _uneven(data: Data) -> Data | None:
    found = options(data)
    if found is None or not {"credulous", "cynical"} <= {one.get("lure") for one in found[1]}:
        return None
    for number, option in enumerate(found[1]):
        if option.get("lure") == "cynical":
            option["wrong"] = f"It is lie {number}"
        if option.get("lure") == "credulous":
            option["wrong"] = f"It is as true as thing {number} that people have ever put on paper"
    return data


@flaw("unknown-misconception")
def _unknown_misconception(data: Data) -> Data | None:
    found = options(data)
    if found is not None:
        found[1][0]["misconception"] = "no-such-thing"
    return data if found else None


@flaw("no-misconception")
def _no_misconception(data: Data) -> Data | None:
    found = options(data)
    return data if found is not None and found[1][0].pop("misconception", None) else None


@flaw("contested-key")
def _contested(data: Data) -> Data | None:
    data["status"] = "contested"
    return data if data["type"] != "open" else None


@flaw("undated")
def _undated(data: Data) -> Data | None:
    for name in ("as_of", "review_by", "sources"):
        data.pop(name, None)
    return {**data, "as_of": "2025-01-01"}


@flaw("future")
def _future(data: Data) -> Data | None:
    return {**data, "as_of": "2199-01-01", "review_by": "2200-01-01"}
