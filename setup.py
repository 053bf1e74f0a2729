"""Native parts of the host; everything else about the distribution is in pyproject.toml."""

from pathlib import Path

from setuptools import Extension, setup

FLAGS = ["-O2", "-std=c11", "-Wall"]
WIRE = "core/causeway_core/wire"
HEADERS = sorted(map(str, Path(WIRE).glob("*.h")))  # named so that they are in the source distribution, and rebuild what includes them

setup(
    ext_modules=[
        Extension(f"causeway_core.wire.{name}", [f"{WIRE}/{source}.c" for source in sources], depends=HEADERS, extra_compile_args=FLAGS)
        for name, sources in {"_query": ["_query", "_timeline", "_place", "_match"], "_stream": ["_stream", "_scan", "_state", "_access"]}.items()
    ]
    + [Extension("causeway_core.graph._reach", ["core/causeway_core/graph/_reach.c"], extra_compile_args=FLAGS)]
)
