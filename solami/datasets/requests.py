"""Requests to move, said as people say them: captions in the third person turned into the imperative."""

from __future__ import annotations

import re
from collections.abc import Iterable

TEMPLATES = (
    "Can you {}?",
    "Please {}.",
    "Could you {} for me?",
    "Hello, can you {}?",
    "I want to see you {}.",
    "Show me how you {}.",
    "Now {}.",
    "{}!",
    "Will you {} with me?",
    "Hey, {}, please.",
)
SPOKEN_TEMPLATES = TEMPLATES[:4]  # of which every canonical request is synthesised in a user's voice
COPYING = (
    "Copy me.",
    "Do as I do.",
    "Can you do this?",
    "Now do the same.",
    "Be my mirror.",
    "Do it with me.",
    "Watch me, now you.",
    "You do it too!",
)  # what somebody says who shows what is wanted
NAMED_COPYING = ("I am {}. Copy me.", "Look, I am {}. You do it too.")
ANSWERS = (
    "Like this.",
    "Watch me.",
    "Sure, look.",
    "Here you go.",
    "Of course.",
    "Okay, watch.",
    "Yes, like this.",
    "Gladly.",
    "There.",
    "All right.",
    "Here it comes.",
    "Easy enough.",
    "Let me show you.",
    "One moment, look.",
    "With pleasure.",
    "I can do that.",
    "See?",
    "That is easy.",
    "For you, yes.",
    "Look at me now.",
    "Ready? Watch.",
    "I like this one.",
    "How was that?",
    "Very well, look.",
    "Just for you.",
    "I hoped you would ask.",
    "This is how I do it.",
    "Is this right?",
    "Now you try.",
    "Nothing simpler.",
    "Keep watching.",
    "Good idea.",
    "So, like this.",
    "As you wish.",
    "I will try.",
    "Right away.",
    "Happy to.",
    "My turn, then.",
    "Did you see it?",
    "Why not, look.",
)
NAMING = ("I am {}.", "Yes, I am {}.", "Look, I am {}.", "Sure, I am {}.", "Now I am {}.")
MINE = re.compile(r"\bthe (?=(?:(?:left|right) hand|head|face|hips|chest|arms|chin|brow|fingers)\b)")
OWN = {"oneself": "yourself", "their": "your", "his": "your", "her": "your", "the user": "me"}


def imperative(caption: str) -> str:
    """What somebody would ask for: "waves with both hands and bows" -> "wave with both hands and bow"."""
    words = caption.strip().split()
    for index, word in enumerate(words):
        if index == 0 or words[index - 1] in ("and", "then") or words[index - 1].endswith(","):
            words[index] = _plain_form(word)
    text = " ".join(words)
    for theirs, yours in OWN.items():
        text = re.sub(rf"\b{theirs}\b", yours, text)
    return text


def naming(caption: str, templates: Iterable[str] = NAMING) -> list[str]:
    """What somebody says who does it: "waves with the right hand" -> "I am waving with my right hand." and more."""
    verb, _, rest = caption.strip().partition(" ")
    text = f"{_gerund(_plain_form(verb))} {MINE.sub('my ', rest)}".strip()
    text = text.replace("oneself", "myself").replace("the user", "you")
    return [template.format(text) for template in templates]


def requests(captions: Iterable[str], templates: Iterable[str] = TEMPLATES) -> list[str]:
    """Every caption in every template."""
    wanted = list(templates)
    return [request(caption, template) for caption in captions for template in wanted]


def request(caption: str, template: str) -> str:
    """One caption in one template, its first letter large."""
    text = template.format(imperative(caption))
    return text[:1].upper() + text[1:]


def _gerund(verb: str) -> str:
    """wave -> waving, clap -> clapping, point -> pointing."""
    if re.fullmatch(r"\w+[^e]e", verb):
        return f"{verb[:-1]}ing"
    is_short = re.fullmatch(r"(?:qu|[^aeiou])*[aeiou][bdgmnprt]", verb)  # one vowel, one consonant: it doubles
    return f"{verb}{verb[-1]}ing" if is_short else f"{verb}ing"


def _plain_form(verb: str) -> str:
    """waves -> wave, crosses -> cross, carries -> carry, does -> do; words that are no third person stay."""
    if re.fullmatch(r"\w+ies", verb) and len(verb) > 4:
        return verb[:-3] + "y"
    if re.fullmatch(r"\w+(ch|sh|ss|x|zz|o)es", verb):
        return verb[:-2]
    return verb[:-1] if re.fullmatch(r"\w{2,}[^s\W]s", verb) else verb
