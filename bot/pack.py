"""Where the words and the migrations are: beside the code in a checkout, inside it in a wheel."""

from pathlib import Path

HERE = Path(__file__).parent


def packaged(name: str) -> Path:
    inside = HERE / "packed" / name
    return inside if inside.is_dir() else HERE.parent / name
