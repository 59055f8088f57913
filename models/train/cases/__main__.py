"""Print cases as JSON lines: `python -m train.cases HEAD [COUNT] [SEED]`."""

import json
import sys

from . import HEADS, generate


def main(arguments: list[str]) -> int:
    """The exit status: 0 good, 2 usage."""
    if not arguments or arguments[0] not in HEADS:
        print(f"usage: python -m train.cases {'|'.join(HEADS)} [COUNT] [SEED]", file=sys.stderr)
        return 2
    count = int(arguments[1]) if len(arguments) > 1 else 20
    seed = int(arguments[2]) if len(arguments) > 2 else 1
    for row in generate(arguments[0], seed, count):
        print(json.dumps(row, ensure_ascii=False))
    return 0


sys.exit(main(sys.argv[1:]))
