"""Plain counters of one gateway, and their text for Prometheus (exposition format 0.0.4).

They carry no key, name or model: what an order touches must not show in a graph.
"""

from collections import Counter
from collections.abc import Mapping

_HELP = {
    "writ_gateway_requests_total": "requests read whole, by what became of them",
    "writ_gateway_streams_cut_total": "answers ended because their caller is no longer allowed",
    "writ_gateway_upstream_calls_total": "requests sent to an upstream",
    "writ_gateway_upstream_connects_total": "connections opened to an upstream",
    "writ_gateway_upstream_failures_total": "requests that an upstream failed",
    "writ_gateway_words_asked_total": "words about end users asked of the control process",
}


class Counters:
    """Counts of events; gauges are handed in when the text is written."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.cut = 0
        self.upstream_failures = 0

    def text(self, gauges: Mapping[str, float], totals: Mapping[str, int]) -> str:
        """Write everything; `totals` are counts that others keep."""
        lines = ["# TYPE writ_gateway_requests_total counter"]
        lines += [f"# HELP writ_gateway_requests_total {_HELP['writ_gateway_requests_total']}"]
        lines += [
            f'writ_gateway_requests_total{{outcome="{name}"}} {count}'
            for name, count in sorted(self.outcomes.items())
        ]
        own = {
            "writ_gateway_streams_cut_total": self.cut,
            "writ_gateway_upstream_failures_total": self.upstream_failures,
        }
        for name, count in sorted({**own, **totals}.items()):
            lines += [f"# HELP {name} {_HELP[name]}", f"# TYPE {name} counter", f"{name} {count}"]
        for name, value in sorted(gauges.items()):
            lines += [f"# TYPE {name} gauge", f"{name} {value:g}"]
        return "\n".join(lines) + "\n"
