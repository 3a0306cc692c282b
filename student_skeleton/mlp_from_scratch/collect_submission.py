"""Put what you hand in into assignment_1_submission.zip: python collect_submission.py"""

from studentkit.collect import main

if __name__ == "__main__":
    raise SystemExit(main())
