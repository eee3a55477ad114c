"""Write every drawing into docs/pictures: `python -m scripts.wiring`."""

from pathlib import Path

from scripts.wiring.drawing import svg
from scripts.wiring.subjects import SUBJECTS

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


def main() -> None:
    for subject in SUBJECTS:
        path = PICTURES / f"wiring-{subject.name}.svg"
        path.write_text(svg(subject), encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size / 1000:.1f} kB")


if __name__ == "__main__":
    main()
