"""What `make bench` calls: puts tools/ on the path and starts `bench.main`."""

import runpy
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])
runpy.run_module("bench.main", run_name="__main__", alter_sys=True)
