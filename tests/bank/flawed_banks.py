"""A clean bank, and a flaw for each rule of the review."""

from __future__ import annotations

from datetime import date

from quizapp.bank.article import Article
from quizapp.bank.model import Skill

SKILLS = (Skill(id="agency", name="Who did what", definition="Find the doer."),)
MISCONCEPTIONS = frozenset({"text-is-complete", "gap-means-hidden", "word-not-in-text"})
TODAY = date(2026, 3, 1)
ARTICLE = Article(
    "On Monday the old bridge was closed after the storm, the council’s office said. “Nobody was hurt,” it added. "
    "Drivers now take the road along the river, which is longer by three miles and passes the school. An engineer will "
    "look at the northern pillar this week. The office could not say how long her work will take or what it will cost. "
    "Shops on the market square had fewer visitors than on other Mondays, and some closed before noon."
)

CHOICE = """\
  - id: closing
    type: choice
    about: report
    skill: agency
    difficulty: easy
    as_of: 2026-01-05
    review_by: 2027-01-05
    sources:
      - The log of the town
    prompt: What can no reader of these few lines find out?
    options:
      - right: Who decided that people had to stay away
        why: The sentence has no doer.
      - wrong: When it was that people had to stay away
        why: The day stands before the words.
        lure: credulous
        misconception: text-is-complete
      - wrong: What it was that people had to stay away from
        why: It is named.
        lure: cynical
        misconception: gap-means-hidden
    hints:
      - Look for somebody who acts.
    explain:
      evidence: "*Was closed* names nobody."
      principle: A passive can leave the doer out.
      transfer: Ask who did it.
      fair: The next line may say it.
"""
GAPS = """\
  - id: doer
    type: gaps
    skill: agency
    difficulty: easy
    prompt: The log says that the mayor closed a road. Complete the sentence.
    text: At noon [[1]].
    gaps:
      1:
        options:
          - right: the mayor closed the road
            why: The log says so.
          - wrong: the road was closed by a storm
            why: No storm is in the log.
          - wrong: a storm closed the mayor in
            why: That is another story.
    explain:
      evidence: "*The mayor* is the doer."
      principle: A passive can leave the doer out.
      transfer: Ask who did it.
      fair: A log is short.
"""
PICTURE = """\
  - id: lanes
    type: multiple
    about: plan
    skill: agency
    difficulty: easy
    prompt: Which parts of the crossing does the drawing show?
    options:
      - right: Two narrow lanes
        why: They are side by side.
      - right: A pillar
        why: It stands in the river.
      - wrong: A railing
        why: There is none.
    explain:
      evidence: Look at the lines.
      principle: A plan leaves things out.
      transfer: Ask what is not drawn.
      fair: A plan has to be simple.
"""
HEAD = """\
format: 1
bank: towns
title: Towns
language: en
source: {title: The bridge}
stimuli:
  - id: report
    kind: quote
    quote: the old bridge was closed
    context: A newspaper wrote this on a Monday.
  - id: plan
    kind: image
    image: plan.png
    alt: A drawing seen from above.
    credit: Made up for this quiz.
questions:
"""
CLEAN = HEAD + CHOICE + GAPS + PICTURE


def judge(name: str, verdict: str, *, control: bool = False) -> str:
    return f"""\
  - id: {name}
    type: judge
    skill: agency
    difficulty: easy
    control: {str(control).lower()}
    prompt: Check one thing. Does this text leave out who acted?
    passage: Somebody called {name} did it.
    verdict: {verdict}
    why: It names {name}.
    explain:
      evidence: The name.
      principle: A passive can leave the doer out.
      transfer: Ask who did it.
      fair: It is short.
"""


MANY_FLAWED = judge("a", "sound", control=True) + "".join(judge(f"p{n}", "problem") for n in range(5))


def with_judges(verdicts: str) -> str:
    """A clean bank with a passage for each letter: s(ound) or p(roblem)."""
    words = {"s": "sound", "p": "problem"}
    return CLEAN + "".join(judge(f"j{n}", words[one], control=one == "s") for n, one in enumerate(verdicts))


RIGHT = "Who decided that people had to stay away"
CREDULOUS = "When it was that people had to stay away"
CYNICAL = "What it was that people had to stay away from"
PROMPT = "What can no reader of these few lines find out?"
FAIR = "The next line may say it."
CENTRE = (
    "Who decided early that visitors should keep out|Who decided it early on that same Monday"
    "|Whether it was right that visitors keep out"
)
RANGES = "10 to 20 people who had to stay away|20 to 30 people who had to stay away"
LONG_QUOTE = "the old bridge was closed … Drivers now take the road along the river"
ANOTHER = """\
      - wrong: How it was that people had to stay away
        why: It does not matter.
        misconception: word-not-in-text
"""
HIDDEN = "        misconception: gap-means-hidden\n"
REPEATED = CHOICE.replace("id: closing", "id: closing-again")

#: A flaw for each rule: the code, what is replaced in the clean bank and by what, and words of the line it is found in.
FLAWS = [
    ("absolute-cue", CREDULOUS, "When it was that everybody had to stay away", "When it was that everybody"),
    ("absolute-cue", RIGHT, "Who decided that nobody had to come near it", "Who decided that nobody"),
    ("vague-cue", RIGHT, "Who may have told people to stay away", "Who may have"),
    ("negative-stem", PROMPT, "What do these few lines not tell their readers?", "not tell"),
    ("negative-stem", PROMPT, "These lines are short. Which of these couldn’t you find out?", "couldn’t"),
    ("mid-blank", PROMPT, "These few lines leave it open ____ about the closing.", "____"),
    ("a-an-cue", f"{PROMPT}|{CYNICAL}", f"These few lines are short and leave open an …|Any {CYNICAL[5:]}", "open an"),
    ("stem-unfocused", PROMPT, "What is missing?", "What is missing?"),
    ("stem-unfocused", PROMPT, "What no reader of these few lines can find out", "What no reader"),
    ("clang", PROMPT, "What was decided before, and by whom, as these lines tell?", "Who decided"),
    ("convergence", f"{RIGHT}|{CREDULOUS}|{CYNICAL}", CENTRE, "decided early that"),
    ("letter-in-feedback", "The day stands before the words.", "Option B is what the day says.", "Option B"),
    ("letter-in-feedback", FAIR, "Some would take the second answer.", "second answer"),
    ("letter-in-feedback", "Look for somebody who acts.", "The first option is a trap.", "first option"),
    ("key-longest", RIGHT, RIGHT + " from the crossing until the end of the week", "until the end"),
    ("all-none-above", CREDULOUS, "All of these things that people had to stay away from", "All of these"),
    ("all-none-above", CYNICAL, "None of the above, as people had to stay away", "None of the above"),
    ("combo", CREDULOUS, "1 and 3, when people had to stay away", "1 and 3"),
    ("overlap-ranges", f"{CREDULOUS}|{CYNICAL}", RANGES, "20 to 30"),
    ("near-option", CYNICAL, CREDULOUS + ", people", "away, people"),
    ("option-form", CYNICAL, CYNICAL + ".", "- right: "),
    ("option-form", CYNICAL, CYNICAL.replace("What", "what"), "- right: "),
    ("option-form", CYNICAL, f"“{CYNICAL}”", "- right: "),
    ("lost-sequence", f"{RIGHT}|{CREDULOUS}|{CYNICAL}", "The 3rd|The 1st|The 2nd", "- right: "),
    ("tf-in-choice", f"{RIGHT}|{CREDULOUS}|      - wrong: {CYNICAL}", "'True'|'False'|      - wrong: Yes", "- right: "),
    ("duplicate-stem", GAPS, REPEATED + GAPS, PROMPT),
    ("no-why", "        why: The day stands before the words.\n", "", CREDULOUS),
    ("no-why", "why: The day stands before the words.", "why: No, this is wrong!", "this is wrong"),
    ("no-why", "why: It is named.", "why: The day stands before the words.", "The day stands"),
    ("explain-long", "Ask who did it.\n      fair: The next", "ask " * 40 + "\n      fair: The next", "evidence:"),
    ("explain-long", FAIR, "It can. " * 45, "evidence:"),
    ("unfilled", "    difficulty: easy\n    as_of", "    as_of", "id: closing"),
    ("unfilled", "      principle: A plan leaves things out.\n", "", "evidence: Look"),
    ("no-fair", f"      fair: {FAIR}\n", "", "evidence:"),
    ("lures", "lure: cynical", "lure: misread", "- right: "),
    ("no-lure", HIDDEN, HIDDEN + ANOTHER, "How it was"),
    ("lure-length", CYNICAL, "What it was", "- right: "),
    ("unknown-misconception", "misconception: gap-means-hidden", "misconception: gap-means-hiding", "gap-means-hiding"),
    ("no-misconception", "        misconception: gap-means-hidden\n", "", CYNICAL),
    ("contested-key", "    as_of:", "    status: contested\n    as_of:", "status:"),
    ("undated", "    review_by: 2027-01-05\n", "", "as_of:"),
    ("stale", "review_by: 2027-01-05", "review_by: 2026-02-28", "review_by:"),
    ("future", "as_of: 2026-01-05", "as_of: 2026-03-02", "as_of:"),
    ("alt-leaks", "alt: A drawing", "alt: Two narrow lanes", "right: Two narrow lanes"),
    ("no-credit", "    credit: Made up for this quiz.\n", "", "image:"),
    ("unknown-allow", "    as_of:", "    allow: {clank: It is the topic}\n    as_of:", "clank"),
    ("unknown-allow", "    as_of:", "    allow: {balance: It is the topic}\n    as_of:", "balance"),
    ("idle-allow", "    as_of:", "    allow: {clang: It is the topic}\n    as_of:", "clang"),
    ("quote-inexact", "quote: the old bridge", "quote: The old bridge", "quote: The"),
    ("quote-inexact", "quote: the old bridge was closed", "quote: the council's office said", "quote: the council's"),
    ("quote-inexact", "quote: the old bridge was closed", "quote: the old bridge fell", "quote: the old"),
    ("quote-long", "the old bridge was closed", LONG_QUOTE, "about: report"),
    ("quote-long", FAIR, "Drivers now take the road along the river, which is longer by three miles.", "about: report"),
    ("balance", PICTURE, PICTURE + MANY_FLAWED, "  - id: closing"),
    ("control", PICTURE, PICTURE + judge("a", "sound") + judge("b", "problem"), "skill: agency"),
]  # fmt: skip
