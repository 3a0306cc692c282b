@echo off
cd /d "%~dp0" && python collect_submission.py %*
