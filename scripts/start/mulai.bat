@echo off
rem Menyiapkan batu_geo satu kali dari folder ini, lalu membuka meja kerja di peramban.
rem Sets batu_geo up once from this folder, then opens the workbench in the browser.
setlocal
cd /d "%~dp0"
set FOUND=
for %%V in (3.13 3.12 3.11) do if not defined FOUND (
    py -%%V -c "" >nul 2>&1 && set FOUND=py -%%V
)
if not defined FOUND (
    echo Python 3.11, 3.12 atau 3.13 tidak ditemukan. Pasang dari python.org, lalu buka mulai lagi.
    echo Python 3.11, 3.12 or 3.13 was not found. Install it from python.org and start again.
    pause
    exit /b 1
)
if not exist lingkungan\siap (
    echo Menyiapkan, sekali saja ^(1-3 menit^) ... / Setting up, once ^(1-3 minutes^) ...
    if exist lingkungan rmdir /s /q lingkungan
    %FOUND% -m venv lingkungan || goto failed
    if exist paket (
        lingkungan\Scripts\python -m pip install -q --no-index --find-links paket --require-hashes -r kunci.txt || goto failed
    ) else (
        lingkungan\Scripts\python -m pip install -q --require-hashes -r kunci.txt || goto failed
    )
    for %%W in (batu_geo-*.whl) do lingkungan\Scripts\python -m pip install -q --no-index --no-deps %%W || goto failed
    type nul > lingkungan\siap
)
lingkungan\Scripts\python -m batu_geo open %*
if errorlevel 1 pause
exit /b
:failed
echo Penyiapan gagal; baris di atas menyebut sebabnya. / Setting up failed; the line above says why.
pause
exit /b 1
