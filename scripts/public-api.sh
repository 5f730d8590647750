#!/usr/bin/env bash
# Writes down what the packages' users can see: the lists in tests/Depth2Img.Packages.Tests/PublicApi, which a test holds.
set -euo pipefail
cd "$(dirname "$0")/.."
DEPTH2IMG_UPDATE_PUBLIC_API=1 dotnet test -c Release tests/Depth2Img.Packages.Tests --filter "FullyQualifiedName~PublicApiTests"
git --no-pager diff --stat -- tests/Depth2Img.Packages.Tests/PublicApi
