#!/usr/bin/env bash
# Makes the pictures of the web page in docs/images (page-*.png) anew: the browser tests take them on their way. Needs Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
DEPTH2IMG_UPDATE_SCREENSHOTS=1 dotnet test tests/Depth2Img.Browser.Tests -c Release "$@"
ls -l docs/images/page-*.png
