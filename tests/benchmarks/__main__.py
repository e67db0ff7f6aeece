"""All benchmarks, one after the other: python tests/benchmarks [--rounds 9]"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from turns import parser

SCRIPTS = ("watch", "suites", "isolation", "journal", "katas", "lab")


def main() -> int:
    args = parser(__doc__).parse_args()
    for name in SCRIPTS:
        script = Path(__file__).with_name(f"{name}.py")
        done = subprocess.run([sys.executable, str(script), f"--rounds={args.rounds}"], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
