"""What holds for every order: how any request is judged, in a few sentences for lay readers.

The exact text is docs/meaning.md; only what a reader needs to answer who may use what stands here.
"""

from writ.law.explain.english import LEVELS, Line

GENERAL = (
    Line("A request comes to one of four outcomes. From the strictest to the mildest:"),
    Line("deny: not served.", 1),
    Line("verify: not served until somebody has shown more.", 1),
    Line("substitute: another model answers, and says so.", 1),
    Line("permit: served.", 1),
    Line(
        "Everybody whom a request names is judged for themselves: the person or company whose key"
        " it is, the company it is made for, and the end user it names. The strictest of their"
        " outcomes is the outcome. A service account is not judged; it stands for its company, and"
        " without one for a company of which nothing is known."
    ),
    Line(
        "A person who asks with a key of their own and names no end user is the user. What happens"
        " where a company's key names no person is said under each rule."
    ),
    Line(
        "Every statement about somebody is known to be true, known to be false, or not known."
        " A value that was shown makes a statement about it true. Only a complete list without it"
        " makes it false. Until then it is not known, and not known is never treated as false: one"
        " passport does not show that there is no other, nor that there is no residence permit."
    ),
    Line(
        "A fact counts from the instant it was verified, before it expires, and while it is younger"
        " than the greatest age a rule allows: at exactly that age it no longer counts. A fact below"
        " a level counts as never shown where that level is asked for: each rule has one level to"
        " let pass and one to bar, and facts of that level and of any above it count together. A"
        " region counts for its country too. The levels are:"
    ),
    *(Line(f"{level}.", 1) for level in LEVELS),
    Line(
        "A value verified later than a complete list is added to it, and the list no longer counts"
        " as complete. A value verified no later that is missing from the list contradicts it: then"
        " nothing counts as known of that attribute."
    ),
    Line(
        "A list of names is compared by id: whether somebody is on it is not a matter of evidence."
        " Explanations tell how many are listed, and never who; ask the operator."
    ),
    Line(
        "Where several rules speak of a model, everybody named must pass all of them; whoever is"
        " known to be unable to pass them all together is barred, even where each alone is open: as"
        " under one rule for nationals of one country only and another for nationals of none."
        " Where no rule in force speaks of it, the outcome is permit. A model name that is not listed"
        " here is denied."
    ),
    Line(
        "A rule, an order or a fact that ends at an instant no longer counts at that very instant;"
        " one that begins then already does. All instants are in UTC, but where an offset is written."
    ),
)
