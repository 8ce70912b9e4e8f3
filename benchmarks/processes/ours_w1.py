"""The product's side of the comparison: W1 with 2,000 appointments."""

from functools import partial

from benchmarks.processes.lines import serve
from benchmarks.stacks import set_up


def main() -> None:
    set_up()
    from benchmarks.processes import w1

    agenda = w1.make(2000)
    w1.check(*agenda)
    serve(partial(w1.q30, *agenda))


if __name__ == "__main__":
    main()
