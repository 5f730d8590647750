#!/usr/bin/env bash
# Makes the table of docs/inpaint.md anew, in some minutes: what the test of depth inside a mask prints.
set -euo pipefail
cd "$(dirname "$0")/.."
{
  sed '/^<!-- table/,$d' docs/inpaint.md
  echo '<!-- table: made by scripts/docs-inpaint.sh -->'
  dotnet test tests/Depth2Img.Tests -c Release --filter FullyQualifiedName~InpaintDepthAgreement --logger 'console;verbosity=detailed' |
    sed -n 's/^ *\(|.*|\)$/\1/p'
} > docs/inpaint.new
mv docs/inpaint.new docs/inpaint.md
