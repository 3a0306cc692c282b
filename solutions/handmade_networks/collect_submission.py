"""Put what you hand in into a zip with your name: python collect_submission.py ROLLNUMBER NAME"""

import sys

from studentkit.collect import main


def options(words: list[str]) -> list[str]:
    """Turn a roll number and a first name into the name of the zip; pass on anything else."""
    if len(words) == 2 and not any(word.startswith("-") for word in words):
        roll, name = ("".join(filter(str.isalnum, word)) for word in words)
        return ["-o", f"APL405_HW2_{roll}_{name}.zip"]
    return words


if __name__ == "__main__":
    raise SystemExit(main(options(sys.argv[1:])))
