"""Write docs/figures/centre.png, the README's figure: the inner Galaxy of the preset `paper` in both bands."""

import argparse
from pathlib import Path

import skymodel as sm
from skymodel.output.figures.style import style

TARGET = Path(__file__).parent.parent / "docs" / "figures" / "centre.png"


def main() -> None:
    """Run the preset and write the figure."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    made = sm.run(sm.load_config("paper")).plot(kind="centre")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with style():
        made.savefig(TARGET, dpi=150, metadata={"Software": None})
    print(f"{TARGET}: {TARGET.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
