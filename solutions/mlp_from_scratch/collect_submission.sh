#!/bin/sh
cd "$(dirname "$0")" && python collect_submission.py "$@"
