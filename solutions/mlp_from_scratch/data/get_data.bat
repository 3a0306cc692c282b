@echo off
cd /d "%~dp0" && python get_data.py
