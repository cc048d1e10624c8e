"""How base data grows: residents imported to 0.9, 1.8 and 3.6 million; docs/scale.md has the run.

    python tools/bench/scale.py [--to 900000,1800000,3600000]

Prints for each size: seconds of the import by `manage.py import_residents`, bytes of the table and
of each index, look-ups. Everything lies in a throw-away PostgreSQL as `make bench` runs it.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.city_side import City  # noqa: E402
from bench.database import Database, running_server  # noqa: E402
from bench.files import write_residents  # noqa: E402
from bench.main import running_valkey  # noqa: E402

SIZES = (
    "SELECT relname || ' ' || pg_relation_size(oid) / 1048576 || ' MB' FROM pg_class WHERE relname"
    " LIKE 'grids_resident%' OR relname LIKE 'resident%' ORDER BY 1"
)


def main() -> None:
    """Import, measure, import more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", default="900000,1800000,3600000")
    targets = [int(one) for one in parser.parse_args().to.split(",")]
    with running_server() as server, running_valkey() as redis:
        city = City(Database(server, "bench_city"), redis)
        city.build()
        start = 0
        for end in targets:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "residents.csv"
                write_residents(path, start, end)
                size = path.stat().st_size
                began = time.monotonic()
                city.project().manage("import_residents", str(path))
                seconds = time.monotonic() - began
            city.database.settle()
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            load = " ".join(f"{value:.1f}" for value in os.getloadavg())
            print(
                f"{end:,}: {end - start:,} rows ({size >> 20} MB of CSV) in {seconds:.0f} s,"
                f" {(end - start) / seconds:,.0f} rows/s; largest child {memory} MB; load {load}"
            )
            print("  " + "; ".join(city.database.run(SIZES).splitlines()))
            print(f"  {city.project().ask('bench.lookups', str(end))}", flush=True)
            start = end


if __name__ == "__main__":
    main()
