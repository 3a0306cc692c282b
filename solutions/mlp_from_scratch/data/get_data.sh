#!/bin/sh
cd "$(dirname "$0")" && python get_data.py
