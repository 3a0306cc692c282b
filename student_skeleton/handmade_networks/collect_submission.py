"""Put what you hand in into APL405_HW2_RollNumber_FirstName.zip: python collect_submission.py"""

from studentkit.collect import main

if __name__ == "__main__":
    raise SystemExit(main())
