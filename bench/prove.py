"""How long a proof takes: `./dev bench prove`, for 10, 100 and 500 orders over the models of bench.law.

1. Asked is whether the tables are sufficient and minimal, model by model: for the models of one
   new order, and for all of them. Compiling is not counted; writing the questions is.
2. Answers other than `unsat` end the benchmark.
3. Limits, on two cores: a new order against 500 within 0.5 s, all of them within 5 s.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from bench.law.files import folder
from bench.law.letters import letters
from writ.clock import elapsed
from writ.law.compiled.book import Compiled
from writ.law.folder import read_sources
from writ.model.order import Lawbook
from writ.study.proof.equal import Subject, equality, links
from writ.study.proof.smt import Script, disj
from writ.study.proof.solver import solve
from writ.study.proof.symbols import Symbols

SIZES = (10, 100, 500)
NEW, ALL = 0.5, 5.0


def main() -> None:
    """Run the sweep."""
    print("orders  models  text kB   write s   new order s  of its limit   all s  of its limit")
    for size in SIZES:
        book = read_sources(folder(letters(size)))
        compiled = Compiled(book)
        newest = max(book.versions, key=lambda version: version.effective)
        named = {model for rule in newest.rules for model in rule.models}
        new, _, _ = proved(book, compiled, named)
        models = sorted({m for v in book.versions for rule in v.rules for m in rule.models})
        every, wrote, length = proved(book, compiled, models)
        print(
            f"{size:6} {len(models):7} {length / 1000:8.0f} {wrote:9.2f} {new:13.2f}"
            f" {new / NEW:12.2f}x {every:7.2f} {every / ALL:12.2f}x"
        )


def proved(book: Lawbook, compiled: Compiled, models: Iterable[str]) -> tuple[float, float, int]:
    """Prove some models; return seconds in all, seconds of writing, and how much was written."""
    began = elapsed()
    texts = [question(book, compiled, model) for model in models]
    wrote = elapsed() - began
    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(lambda text: solve(text).answer, texts))
    assert answers == {"unsat"}, answers
    return elapsed() - began, wrote, sum(map(len, texts))


def question(book: Lawbook, compiled: Compiled, model: str) -> str:
    """Write one question for both properties: whether anybody is treated otherwise than ordered."""
    subject = Subject.of(book, compiled, model)
    script = Script(model)
    goals = equality(subject, links(script, subject.domain(), Symbols), script)
    return script.text(disj(goals[name] for name in ("sufficient", "minimal")))


if __name__ == "__main__":
    main()
